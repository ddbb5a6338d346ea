package expression

import (
	"crypto/rand"
	"io"
	"math/big"
	"strings"

	"github.com/google/uuid"
)

// random are the functions that yield something else each time.
func random(name string) function {
	switch name {
	case "Guid":
		return guid
	case "RandomString":
		return randomString
	default:
		return nil
	}
}

func guid(in Input, c *Call) (Value, error) {
	if _, err := c.arguments(0, 0); err != nil {
		return Value{}, err
	}
	id, err := uuid.NewRandomFromReader(in.source())
	return given(id.String()), err
}

func (in Input) source() io.Reader {
	if in.Random != nil {
		return in.Random
	}
	return rand.Reader
}

// The characters of a random text.
const (
	digits    = "0123456789"
	capitals  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lowerCase = "abcdefghijklmnopqrstuvwxyz"
	// https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/password-must-meet-complexity-requirements
	special = "'-!\"#$%&()*,./:;?@[]^_`{|}~+<=>"
)

// mostRandom is the longest text that RandomString makes.
const mostRandom = 256

// randomString is RandomString(length, numbers, special characters, capitals,
// lower case, characters to avoid): so many of each at least, and letters and
// digits for the rest.
func randomString(in Input, c *Call) (Value, error) {
	args, err := c.arguments(5, 6)
	if err != nil {
		return Value{}, err
	}
	var n [5]int // length and the four least numbers
	for i := range n {
		if n[i], err = in.count(c, args[i], 0); err != nil {
			return Value{}, err
		}
	}
	avoid := ""
	if len(args) == 6 {
		if avoid, err = in.present(c, args[5]); err != nil {
			return Value{}, err
		}
	}
	if err := c.fit(n); err != nil {
		return Value{}, err
	}
	d := draw{call: c, from: in.source(), avoid: avoid}
	d.some(n[1], digits)
	d.some(n[2], special)
	d.some(n[3], capitals)
	d.some(n[4], lowerCase)
	d.some(n[0]-len(d.drawn), lowerCase+capitals+digits)
	d.shuffle()
	return given(string(d.drawn)), d.err
}

// fit tells whether the least numbers fit into the length.
func (c *Call) fit(n [5]int) error {
	length, rest := n[0], n[0]
	if length > mostRandom {
		return c.wrong("256 characters are the most")
	}
	for _, least := range n[1:4] {
		if rest -= least; rest < 0 {
			return c.wrong("the length is less than the numbers, special characters and capitals it shall have")
		}
	}
	if n[4] > rest {
		return c.undocumented("more lower case letters than there is room for")
	}
	return nil
}

// A draw picks characters until something fails.
type draw struct {
	call  *Call
	from  io.Reader
	avoid string
	drawn []byte
	err   error
}

func (d *draw) some(n int, of string) {
	allowed := strings.Map(func(r rune) rune {
		if strings.ContainsRune(d.avoid, r) {
			return -1
		}
		return r
	}, of)
	if n > 0 && allowed == "" {
		d.err = d.call.wrong("the characters to avoid leave none to choose from")
	}
	for range n {
		if i := d.below(len(allowed)); d.err == nil {
			d.drawn = append(d.drawn, allowed[i])
		}
	}
}

func (d *draw) shuffle() {
	for i := len(d.drawn) - 1; i > 0; i-- {
		j := d.below(i + 1)
		d.drawn[i], d.drawn[j] = d.drawn[j], d.drawn[i]
	}
}

// below draws a number from 0 to n-1, 0 after a failure.
func (d *draw) below(n int) int {
	if d.err != nil {
		return 0
	}
	i, err := rand.Int(d.from, big.NewInt(int64(n)))
	if err != nil {
		d.err = err
		return 0
	}
	return int(i.Int64())
}
