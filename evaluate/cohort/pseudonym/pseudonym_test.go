package pseudonym

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The key of 32 bytes 0, 1, 2 ... 31; made with Python's hmac and hashlib after RFC 5869 (see the comment in the test).
func TestOf(t *testing.T) {
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i)
	}
	m, err := New(key, "dudley 2019")
	if err != nil {
		t.Fatal(err)
	}
	// prk = hmac(sha256, 32 zeros, key); okm = hmac(sha256, prk, "averted pseudonym 1|dudley 2019" + 0x01)
	// "P" + base32(hmac(sha256, okm, "9434765919"))[:25]
	const want = "PKBOTSEZBTZUCZRK2HG3MINSYY"
	for _, text := range []string{"9434765919", "943 476 5919", "943-476-5919"} {
		if got, ok := m.Of(text); !ok || got != want {
			t.Errorf("%s: %s, %v; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"9434765918", "943476591", "94347659190", "", "943476591X", "DC0001"} {
		if got, ok := m.Of(text); ok {
			t.Errorf("%q has a pseudonym: %s", text, got)
		}
	}
	other, err := New(key, "dudley 2020")
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := other.Of("9434765919"); a == want {
		t.Error("two projects share a pseudonym")
	}
}

func TestKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := NewKey(path); err != nil {
		t.Fatal(err)
	}
	first, err := ReadKey(path)
	if err != nil || len(first) != 32 {
		t.Fatalf("%d bytes: %v", len(first), err)
	}
	if err := NewKey(path); err == nil {
		t.Error("a key was written over")
	}
	if again, err := ReadKey(path); err != nil || !bytes.Equal(first, again) {
		t.Errorf("the key changed: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKey(path); err == nil {
		t.Error("a key that others can read is taken")
	}
	if _, err := New(first[:31], "p"); err == nil {
		t.Error("a short key is taken")
	}
	if _, err := New(first, " "); err == nil {
		t.Error("a project without a name is taken")
	}
}
