package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// site answers requests on loopback.
type site struct {
	server http.Server
	addr   string
}

// serve starts answering.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) *site {
	s := &site{addr: listener.Addr().String(), server: http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}}
	s.server.BaseContext = func(net.Listener) context.Context { return ctx }
	go func() { _ = s.server.Serve(listener) }() // ends with the server, and says only that
	return s
}

func listen(ctx context.Context) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
}

// visitor is one browser: one connection, which asks as little of the machine
// as can be, since client and server share it.
type visitor struct {
	conn   net.Conn
	reader *bufio.Reader
	cookie *http.Cookie
	host   string
}

func visit(ctx context.Context, s *site, cookie *http.Cookie) (*visitor, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return nil, err
	}
	return &visitor{conn: conn, reader: bufio.NewReaderSize(conn, 64<<10), cookie: cookie, host: s.addr}, nil
}

// get asks for a page and gives its body to sink.
func (v *visitor) get(path string, sink io.Writer) error {
	request := "GET " + path + " HTTP/1.1\r\nHost: " + v.host + "\r\nUser-Agent: " + agent + "\r\nAccept: text/html\r\n"
	if v.cookie != nil {
		request += "Cookie: " + v.cookie.Name + "=" + v.cookie.Value + "\r\n"
	}
	if _, err := io.WriteString(v.conn, request+"\r\n"); err != nil {
		return err
	}
	response, err := http.ReadResponse(v.reader, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(sink, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", path, response.Status)
	}
	return nil
}

// load lets all visitors ask for pages for a while. It gives how long each page
// took, and how long all of it.
func load(visitors []*visitor, path func(i int) string, lasting time.Duration) ([]time.Duration, time.Duration, error) {
	var wg sync.WaitGroup
	took := make([][]time.Duration, len(visitors))
	errs := make([]error, len(visitors))
	begin := time.Now()
	for k, v := range visitors {
		wg.Go(func() {
			for i := k; time.Since(begin) < lasting; i += len(visitors) {
				start := time.Now()
				if errs[k] = v.get(path(i), io.Discard); errs[k] != nil {
					return
				}
				took[k] = append(took[k], time.Since(start))
			}
		})
	}
	wg.Wait()
	whole := time.Since(begin)
	var all []time.Duration
	for k := range visitors {
		if errs[k] != nil {
			return nil, 0, errs[k]
		}
		all = append(all, took[k]...)
	}
	return all, whole, nil
}
