// Package pseudonym turns NHS numbers into identifiers that can't be turned back without a key.
package pseudonym

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"averted/evaluate/source"
)

// keySize is the length of a key in bytes.
const keySize = 32

// Maker makes the pseudonyms of one project.
type Maker struct{ key []byte }

// New makes a Maker of a key of 32 bytes and a project's name. Each project has pseudonyms of its own: HKDF (RFC 5869,
// SHA-256, no salt) derives its key.
func New(key []byte, project string) (*Maker, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("a key has %d bytes", keySize)
	}
	if strings.TrimSpace(project) == "" {
		return nil, errors.New("a project has a name")
	}
	derived, err := hkdf.Key(sha256.New, key, nil, "averted pseudonym 1|"+project, keySize)
	if err != nil {
		return nil, fmt.Errorf("deriving the project's key: %w", err)
	}
	return &Maker{derived}, nil
}

// Of is the pseudonym of an NHS number, however its digits are spaced: the letter P and the first 25 characters of the
// base32 of
//
//	HMAC-SHA256(project's key, ten digits)
//
// 125 bits, so that two of ten million people share one with a chance below 1e-23. It reports false for a text that is
// no valid NHS number.
//
// An unkeyed or salted hash would not do: there are 909,090,910 valid numbers, and all can be tried in minutes.
func (m *Maker) Of(number string) (string, bool) {
	if !source.IsNHSNumber(number) {
		return "", false
	}
	mac := hmac.New(sha256.New, m.key)
	_, _ = mac.Write([]byte(strings.NewReplacer(" ", "", "-", "").Replace(number))) // a hash takes everything
	return "P" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil))[:25], true
}

// NewKey makes a key and writes it to a file that is not there yet, for its owner alone.
func NewKey(path string) error {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: a key is never written over, since without it pseudonyms can't be made again", path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Unwrap(err))
	}
	_, err = file.WriteString(hex.EncodeToString(key) + "\n")
	return errors.Join(err, file.Close())
}

// ReadKey reads a key file. It refuses one that others can read.
func ReadKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("reading the key %s: %w", path, errors.Unwrap(err))
	}
	if info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' { // elsewhere modes say little
		return nil, fmt.Errorf("others can read the key %s: chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the key %s: %w", path, errors.Unwrap(err))
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("%s is no key: want 64 hexadecimal digits, as averted pseudonymise --new-key writes", path)
	}
	return key, nil
}
