package number

import "testing"

func TestPrinted(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Count(2982), "2,982"}, {Count(-1234567), "−1,234,567"}, {Count(0), "0"}, {Count(999), "999"},
		{Percent(-17.002), "−17%"}, {Percent(-0.4), "0%"}, {Percent(2.5), "3%"}, {Ratio(0.83), "0.83"}, {Ratio(0.8949), "0.89"},
		{Pounds(5830500), "£58,305"}, {Pounds(-226200), "−£2,262"}, {Pounds(5830450), "£58,304.50"}, {Pounds(5), "£0.05"}, {WholePounds(5830450), "£58,305"},
		{Events(507), "507"}, {Events(556.6137), "556.6"}, {Events(-0.04), "0"}, {Fixed(-0.2698, 2), "−0.27"},
		{Fewer(-17.002), "17% fewer"}, {Fewer(2.2), "2% more"}, {Fewer(0.2), "no change to the nearest percent"},
		{FewerInterval(-21.4, -12.3), "12% to 21% fewer"}, {FewerInterval(-5.2, 7.1), "5% fewer to 7% more"}, {FewerInterval(1.6, 7.1), "2% to 7% more"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
