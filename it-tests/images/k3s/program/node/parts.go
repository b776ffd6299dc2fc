package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	logs  = "/var/log/k3s"
	grace = 5 * time.Second
)

// parts are the programs of the node: each writes its own log file, and the end of one is the end of all.
type parts struct {
	started time.Time
	ended   chan error
	running []*exec.Cmd
	stopped chan struct{}
}

func newParts() (*parts, error) {
	p := &parts{started: time.Now(), ended: make(chan error, 16), stopped: make(chan struct{}, 16)}
	return p, os.MkdirAll(logs, 0o755)
}

// say writes one event to the container's log, in k3s's form.
func (p *parts) say(format string, values ...any) {
	fmt.Printf("time=%q level=info msg=%q\n", time.Now().UTC().Format(time.RFC3339Nano), fmt.Sprintf(format, values...))
}

// start runs a program of the image.
func (p *parts) start(name string, arguments ...string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		return err
	}
	return p.run(&exec.Cmd{Path: path, Args: append([]string{name}, arguments...)})
}

// startOwn runs a part that is in this program.
func (p *parts) startOwn(name string, arguments ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return p.run(&exec.Cmd{Path: self, Args: append([]string{name}, arguments...)})
}

func (p *parts) run(command *exec.Cmd) error {
	name := command.Args[0]
	file, err := os.OpenFile(filepath.Join(logs, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	command.Stdout, command.Stderr = file, file
	// docker stop ends the container's first process only; the parts are ended by it, in order
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.say("Running %s", name)
	p.running = append(p.running, command)
	go func() {
		err := command.Wait()
		p.stopped <- struct{}{}
		p.ended <- fmt.Errorf("%s ended (%v); its log is %s/%s.log", name, err, logs, name)
	}()
	return nil
}

// until asks again and again until the answer is yes; what it was, or the last error, is said.
func (p *parts) until(ctx context.Context, what string, limit time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil {
			p.say("%s after %.1f s", what, time.Since(p.started).Seconds())
			return nil
		}
		select {
		case ended := <-p.ended:
			return ended
		case <-ctx.Done():
			return fmt.Errorf("%s: not within %s: %w", what, limit, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop ends the parts, the latest first, and kills what does not end.
func (p *parts) stop() {
	for i := len(p.running) - 1; i >= 0; i-- {
		p.running[i].Process.Signal(syscall.SIGTERM)
	}
	late := time.After(grace)
	for range p.running {
		select {
		case <-p.stopped:
		case <-late:
			for _, each := range p.running {
				each.Process.Kill()
			}
			return
		}
	}
}
