//go:build unix

package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// built is the command as its users have it.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "averted")
	if text, err := exec.Command("go", "build", "-o", path, "averted/cmd/averted").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, text)
	}
	return path
}

// TestKilled kills runs at random moments while they replace a release: what is there is the old release or the new one,
// whole; the next run clears up, in the folder for temporary files too. AVERTED_KILLS says how often; make torture
// does it 200 times.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	kills := 10
	if text := os.Getenv("AVERTED_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	}
	averted, dir, temp := built(t), t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temp)
	path := example(t, "epilepsy-trial", filepath.Join(dir, "trial"))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// Two studies that differ in their seed, so that their releases do.
	var paths, hashes [2]string
	out := filepath.Join(dir, "out")
	var took time.Duration
	for i := range paths {
		paths[i] = filepath.Join(dir, "trial", fmt.Sprintf("study%d.yaml", i))
		changed := strings.Replace(string(text), "seed: ", fmt.Sprintf("seed: %d", i+1), 1)
		if err := os.WriteFile(paths[i], []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if text, err := exec.Command(averted, "run", paths[i], "--out", out, "-q").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		took = time.Since(start)
		hashes[i] = whole(t, out)
	}
	if hashes[0] == hashes[1] {
		t.Fatal("the two studies have the same release")
	}
	random := rand.New(rand.NewPCG(uint64(os.Getpid()), 9))
	seen := map[string]int{}
	for i := range kills {
		command := exec.Command(averted, "run", paths[i/2%2], "--out", out, "-q")
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			time.Sleep(time.Duration(random.Float64() * 1.1 * float64(took)))
		} else { // while it writes, which is soon done
			for range int(took/time.Millisecond) * 20 {
				if _, err := os.Stat(out + ".new"); err == nil {
					break
				}
				time.Sleep(100 * time.Microsecond)
			}
			time.Sleep(time.Duration(random.Float64() * float64(12*time.Millisecond)))
		}
		_ = command.Process.Kill() // it may be done
		_ = command.Wait()         // and killed is an error
		place := out
		if _, err := os.Stat(out); errors.Is(err, os.ErrNotExist) {
			place = out + ".old" // killed between two renamings
		}
		hash := whole(t, place)
		if hash != hashes[0] && hash != hashes[1] {
			t.Fatal("after a kill there is neither release")
		}
		seen[hash]++
	}
	t.Logf("%d kills, left with %v", kills, seen)
	if text, err := exec.Command(averted, "run", paths[0], "--out", out, "-q", "--engine", "duckdb").CombinedOutput(); err != nil && !bytes.Contains(text, []byte("no such engine")) {
		t.Fatalf("%v\n%s", err, text)
	}
	// The epilepsy study needs no folder to spill to; one that does sweeps those of runs that were killed.
	mixed := example(t, "hospital-and-surgeries", filepath.Join(dir, "mixed"))
	for range 3 {
		command := exec.Command(averted, "check", mixed, "-q")
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for range 200 { // until it spills
			if left, _ := filepath.Glob(filepath.Join(temp, "averted-spill-*", "lock")); len(left) > 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		_ = command.Process.Kill() // it may be done
		_ = command.Wait()         // and killed is an error
	}
	if text, err := exec.Command(averted, "check", mixed, "-q").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v, %v", left, err)
	}
	for _, left := range []string{out + ".old", out + ".new", out + ".lock"} {
		if _, err := os.Stat(left); err == nil {
			t.Errorf("%s is left", filepath.Base(left))
		}
	}
}

// whole wants every file of a release to have the hash that its sums say, and returns the hash of the sums.
func whole(t *testing.T, dir string) string {
	t.Helper()
	sums, err := os.ReadFile(filepath.Join(dir, "release", "sha256sums"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		text, err := os.ReadFile(filepath.Join(dir, "release", name))
		if err != nil || fmt.Sprintf("%x", sha256.Sum256(text)) != want {
			t.Fatalf("%s is not whole: %v", name, err)
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256(sums))
}

// TestInterruptedInTime presses Ctrl-C while a large file is read: 130 within five seconds, and nothing left.
func TestInterruptedInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command and writes a large file")
	}
	averted, dir, temp := built(t), t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temp)
	var people, ae bytes.Buffer
	people.WriteString("id,referred\n")
	ae.WriteString("id,day\n")
	for i := range 50_000 {
		fmt.Fprintf(&people, "P%06d,2018-01-01\n", i)
	}
	for i := range 4_000_000 {
		fmt.Fprintf(&ae, "P%06d,2017-%02d-%02d\n", i*7%60_000, 1+i%12, 1+i%28)
	}
	for name, text := range map[string][]byte{"people.csv": people.Bytes(), "ae.csv": ae.Bytes(), "study.yaml": []byte(`{averted: 1, title: large, date: 2022-01-01, seed: 1, opt_out: {not_applicable: synthetic data},
people: {file: people.csv, columns: {person: id, index: referred}}, activities: {ae: {}}, windows: [10 days],
events: [{file: ae.csv, activity: ae, columns: {person: id, date: day}, duplicates: keep, complete: {from: 2016-01-01, to: 2021-12-31}}]}`)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, wait := range []time.Duration{50 * time.Millisecond, 700 * time.Millisecond, 1500 * time.Millisecond} {
		talk, err := os.Create(filepath.Join(t.TempDir(), "talk"))
		if err != nil {
			t.Fatal(err)
		}
		command := exec.Command(averted, "run", filepath.Join(dir, "study.yaml"), "--out", filepath.Join(dir, "out"))
		command.Stderr = talk
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for range 2000 { // until it says that it reads: before, the system itself ends it
			if sizeOf(t, talk) > 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(wait)
		if err := command.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(5*time.Second, func() { _ = command.Process.Kill() })
		err = command.Wait()
		if !late.Stop() {
			t.Errorf("after %v: not stopped within five seconds", wait)
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != codeInterrupted {
			t.Errorf("after %v: %v", wait, err)
		}
		if err := talk.Close(); err != nil {
			t.Error(err)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "out*")); err != nil || len(left) > 0 {
			t.Errorf("after %v: left %v, %v", wait, left, err)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("after %v: left in the folder for temporary files: %v, %v", wait, left, err)
		}
	}
}

// TestDiskFull runs in a file system of 300 kB, where one can be mounted: exit 5 with the cause, and the earlier release
// intact.
func TestDiskFull(t *testing.T) {
	if testing.Short() {
		t.Skip("runs whole studies")
	}
	averted, dir, disk := built(t), t.TempDir(), t.TempDir()
	path := example(t, "epilepsy-trial", filepath.Join(dir, "trial"))
	if text, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1200k", "none", disk).CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted here: %v %s", err, text)
	}
	defer func() { _ = exec.Command("umount", disk).Run() }() // the folder goes with the test
	out := filepath.Join(disk, "out")
	if text, err := exec.Command(averted, "run", path, "--out", out, "-q").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	before := whole(t, out)
	filler, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	if err := errors.Join(filler.Truncate(max(0, sizeOf(t, filler)-100<<10)), filler.Close()); err != nil { // 100 kB are free
		t.Fatal(err)
	}
	text, err := exec.Command(averted, "run", path, "--out", out, "-q").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != codeFailed || !bytes.Contains(text, []byte("no space left")) {
		t.Errorf("%v\n%s", err, text)
	}
	if whole(t, out) != before {
		t.Error("the earlier release has changed")
	}
	for _, left := range []string{out + ".old", out + ".new", out + ".lock"} {
		if _, err := os.Stat(left); err == nil {
			t.Errorf("%s is left", filepath.Base(left))
		}
	}
	// The folder for temporary files is full: the message names the setting.
	large := exec.Command(averted, "check", example(t, "hospital-and-surgeries", filepath.Join(dir, "mixed")), "-q")
	large.Env = append(os.Environ(), "TMPDIR="+filepath.Join(disk, "none"))
	text, err = large.CombinedOutput()
	if !errors.As(err, &exit) || exit.ExitCode() != codeFailed || !bytes.Contains(text, []byte("TMPDIR")) {
		t.Errorf("%v\n%s", err, text)
	}
}

func sizeOf(t *testing.T, file *os.File) int64 {
	t.Helper()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
