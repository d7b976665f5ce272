package disk_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
)

var writeMissing = flag.Bool("write-missing", false, "write the fixtures that do not exist yet; never changes one")

// A folder that this version wrote is read by every later one: the log, the vote and the term, and the newest snapshot.
func TestAFolderOfVersion1IsReadForEver(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		path := filepath.Join("testdata", "v1", kind+".tar.gz")
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && *writeMissing {
			packFolder(t, wornFolder(t, kind), path)
		}
		dir := unpackFolder(t, path)
		s := open(t, disk.Options{Dir: dir, Kind: kind})
		wantBounds(t, s.Log, 3, 12)
		var entry raft.Log
		if err := s.Log.GetLog(12, &entry); err != nil || entry.Term != 4 || entry.Type != raft.LogCommand || string(entry.Data) != "seat" {
			t.Errorf("entry 12 is %+v, %v", entry, err)
		}
		wantVote(t, s.Stable, 4, "n2")
		if term, err := s.Stable.GetUint64(current); err != nil || term != 5 {
			t.Errorf("current term %d, %v", term, err)
		}
		metas, err := s.Snapshots.List()
		if err != nil || len(metas) != 1 || metas[0].Index != 5 || metas[0].Term != 3 {
			t.Fatalf("snapshots are %v, %v", metas, err)
		}
		_, r, err := s.Snapshots.Open(metas[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if b, err := io.ReadAll(r); err != nil || string(b) != "seats" {
			t.Errorf("the snapshot is %q, %v", b, err)
		}
	})
}

func wornFolder(t *testing.T, kind string) string {
	dir := t.TempDir()
	s := open(t, disk.Options{Dir: dir, Kind: kind})
	store(t, s.Log, entries(1, 8, 3))
	if err := s.Stable.SetUint64(current, 5); err != nil {
		t.Fatal(err)
	}
	castVote(t, s.Stable, 4, "n2")
	snapshot(t, s.Snapshots, 5, 3, "seats")
	if err := s.Log.DeleteRange(1, 2); err != nil {
		t.Fatal(err)
	}
	store(t, s.Log, entries(9, 12, 4))
	closeStores(t, s)
	return dir
}

func packFolder(t *testing.T, dir, path string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	if err := errors.Join(w.AddFS(os.DirFS(dir)), w.Close(), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func unpackFolder(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(to, 0o750)
		} else {
			err = unpackFile(to, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func unpackFile(to string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
