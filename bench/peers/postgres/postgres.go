package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parterre/parterre/bench/peers"
)

// Modes.
const (
	Usual    = "usual"
	Function = "function"
)

// pools are the numbers of connections that are tried: PostgreSQL has a process for each, and a few often do more than many.
// 256 are not among them: with a connection for each of 256 clients it sold a fifth.
var pools = []int{8, 16, 32, 64}

// mostPerSecond is far above what was seen.
const mostPerSecond = 20_000

// Peer is PostgreSQL under one setting.
type Peer struct {
	// Standbys is how many synchronous standbys the primary has: 0, or 2 of which a commit waits for any one.
	Standbys int
	// Folders are where the programs are looked for before PATH; nil means Debian's.
	Folders []string
}

// debianFolders is where Debian keeps the programs: not in PATH.
var debianFolders = []string{"/usr/lib/postgresql/*/bin"}

const debianPackage = "postgresql"

// Facts say what an answer of this setting means.
func (p Peer) Facts() peers.Facts {
	f := peers.Facts{
		Name: "postgres", Title: "PostgreSQL, one copy", Copies: 1, Settings: slices.Clone(published),
		Durability: "answered when the commit record is fsynced on the one machine",
		CanLose:    "every order, with that machine's disk",
	}
	usual := peers.Mode{
		Name: Usual, Title: "SELECT … FOR UPDATE SKIP LOCKED", System: "FOR UPDATE SKIP LOCKED", Road: peers.Single,
		MostPerSecond: mostPerSecond, Pools: pools,
	}
	function := peers.Mode{
		Name: Function, Title: "one function call a step", System: "one function call a step", Road: peers.Single,
		MostPerSecond: mostPerSecond, Pools: pools,
	}
	f.Modes = []peers.Mode{usual, function}
	if p.Standbys > 0 {
		f.Name, f.Title = "postgres-sync", "PostgreSQL, two synchronous standbys"
		f.Copies = 2
		f.Durability = "answered when the commit record is fsynced on the primary and on one of two standbys: two of three copies"
		f.CanLose = "nothing acknowledged by any one machine's loss; no failover by itself"
		f.Settings = append(f.Settings, "synchronous_standby_names='ANY 1 (a, b)'")
		function.System = ""
		f.Modes = []peers.Mode{function}
	}
	return f
}

// server is the processes that run: the primary first.
type server struct {
	setup     peers.Setup
	account   *peers.Account
	bin       string // folder of the programs
	socketDir string
	processes []*peers.Process
	control   *pgx.Conn
	version   string
}

// startTimeout is for one process; recovery and base backups included.
const startTimeout = 30 * time.Second

// Start makes a database cluster, and standbys from it, and starts them.
func (p Peer) Start(ctx context.Context, setup peers.Setup) (peers.Server, error) {
	folders := p.Folders
	if folders == nil {
		folders = debianFolders
	}
	initdb, err := peers.Binary("initdb", debianPackage, folders...)
	if err != nil {
		return nil, err
	}
	account, err := peers.Unprivileged()
	if err != nil {
		return nil, err
	}
	s := &server{setup: setup, account: account, bin: filepath.Dir(initdb)}
	if err := s.start(ctx, p.Standbys); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *server) start(ctx context.Context, standbys int) (err error) {
	if s.socketDir, err = peers.Folder(s.setup.Dir, "socket", s.account); err != nil {
		return err
	}
	data, err := peers.Folder(s.setup.Dir, "primary", s.account)
	if err != nil {
		return err
	}
	if err := s.execute(ctx, data, "initdb", "-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return err
	}
	if err := s.configure(data, settings(s.socketDir)...); err != nil {
		return err
	}
	// initdb --no-sync leaves the new files to the kernel; a measurement should not pay for them.
	syscall.Sync()
	if err := s.launch("primary", data, primaryPort); err != nil {
		return err
	}
	err = peers.Await(ctx, startTimeout, func(ctx context.Context) error {
		s.control, err = pgx.Connect(ctx, s.dsn(primaryPort))
		return err
	}, s.processes...)
	if err != nil {
		return err
	}
	if err := s.control.QueryRow(ctx, "SHOW server_version").Scan(&s.version); err != nil {
		return err
	}
	if standbys == 0 {
		return nil
	}
	return s.startStandbys(ctx)
}

// The ports only name the sockets: nothing listens on TCP.
const (
	superuser   = "postgres"
	primaryPort = 5432
)

func (s *server) dsn(port int) string {
	return fmt.Sprintf("host=%s port=%d user=%s database=postgres sslmode=disable", s.socketDir, port, superuser)
}

// configure appends settings to a data folder's postgresql.conf.
func (s *server) configure(data string, lines ...string) error {
	f, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0) //nolint:gosec // our own folder
	if err != nil {
		return err
	}
	_, err = f.WriteString("\n" + strings.Join(lines, "\n") + "\n")
	return errors.Join(err, f.Close())
}

func (s *server) launch(name, data string, port int) error {
	p, err := peers.Launch(peers.Command{
		Name: "postgres " + name, Path: filepath.Join(s.bin, "postgres"), Args: []string{"-D", data, "-p", fmt.Sprint(port)},
		Dir: data, Account: s.account, StopSignal: syscall.SIGINT, StopTimeout: 20 * time.Second, Log: s.setup.Log,
		DeathSignal: syscall.SIGQUIT, // at once, but it takes its shared memory along
	})
	if err == nil {
		s.processes = append(s.processes, p)
	}
	return err
}

func (s *server) execute(ctx context.Context, dir, program string, args ...string) error {
	return peers.Execute(ctx, peers.Command{
		Name: program, Path: filepath.Join(s.bin, program), Args: args, Dir: dir, Account: s.account,
	})
}

// Version is the running server's.
func (s *server) Version() string { return "PostgreSQL " + s.version }

// closeTimeout is for saying good-bye to the server.
const closeTimeout = 5 * time.Second

// Close ends the standbys' primary first, so that nothing waits for a standby that is gone.
func (s *server) Close() error {
	var errs []error
	if s.control != nil {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		errs = append(errs, s.control.Close(ctx))
		cancel()
	}
	for _, p := range s.processes {
		errs = append(errs, p.Stop())
	}
	return errors.Join(errs...)
}
