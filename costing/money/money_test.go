package money

import "testing"

func TestParse(t *testing.T) {
	for text, want := range map[string]Pence{"115": 11500, "280.17": 28017, "0.5": 50, "0": 0, "1700.00": 170000} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "£115", "1,700", "-5", "+5", "1.234", "1.", ".5", "1e3", " 5", "5 ", "٥", "1_000", "99999999999999999999"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

// TestTimes rounds once, half away from zero.
func TestTimes(t *testing.T) {
	for _, c := range []struct {
		price Pence
		n     float64
		want  Pence
	}{{11500, 507, 5830500}, {3500, -2089, -7311500}, {101, 0.5, 51}, {101, -0.5, -51}, {11500, 556.6137, 6401058}} {
		if got := c.price.Times(c.n); got != c.want {
			t.Errorf("%d × %g = %d, want %d", c.price, c.n, got, c.want)
		}
	}
}
