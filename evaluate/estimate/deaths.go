package estimate

import (
	"fmt"
	"strings"
)

// FallByDeaths is the fall in use, in percent, that deaths make by themselves. With a share d of the people dying, evenly over the
// window, each using k times what others use, half of their share of the use is missing after:
//
//	dk/(1-d+dk)/2
func FallByDeaths(d, k float64) float64 { return 100 * d * k / (1 - d + d*k) / 2 }

// FallsByDeaths lists the falls that deaths of 4, 8 and 12% make, at one to three times the use: 2 to 6% if 4% died, and so on.
func FallsByDeaths() string {
	var parts []string
	for _, d := range []float64{0.04, 0.08, 0.12} {
		parts = append(parts, fmt.Sprintf("%.0f to %.0f%% if %.0f%% died", FallByDeaths(d, 1), FallByDeaths(d, 3), 100*d))
	}
	return strings.Join(parts, ", ")
}
