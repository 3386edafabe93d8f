package main

import (
	"context"
	"fmt"
	"os"

	"github.com/rollcall/rollcall/internal/archtest"
)

func main() {
	packages, err := archtest.Load(context.Background(), ".")
	if err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
	long := archtest.Sizes(packages)
	for _, l := range long {
		fmt.Println(l)
	}
	fmt.Printf("%d places are longer than they should be\n", len(long))
}
