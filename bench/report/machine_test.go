package report

import "testing"

func TestAMachineSaysWhatItIsAndHowLongAnFsyncTakes(t *testing.T) {
	m, err := ThisMachine(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if m.Cores < 1 || m.Go == "" || m.OS == "" {
		t.Errorf("cores, Go version or system missing: %+v", m)
	}
	if m.FsyncMicros <= 0 || m.FsyncP99 < m.FsyncMicros || m.FsyncBytes != fsyncBytes {
		t.Errorf("fsync: median %v µs, p99 %v µs of %d bytes", m.FsyncMicros, m.FsyncP99, m.FsyncBytes)
	}
}
