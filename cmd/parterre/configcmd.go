package main

import (
	"fmt"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
)

// newConfig is `parterre config check|print`: what serve would run with, without running it.
func newConfig(std streams) *cobra.Command {
	config := &cobra.Command{Use: "config", Short: "Check or print the settings that serve would run with"}
	verbsOnly(config)
	for _, verb := range []struct{ use, short string }{
		{"check", "Tell what is wrong with the settings; exit code 2 if anything is"},
		{"print", "Print the settings as a file that --config reads"},
	} {
		cmd := &cobra.Command{Use: verb.use, Short: verb.short, Args: cobra.NoArgs}
		settings, file := serveFlags(cmd)
		cmd.RunE = func(cmd *cobra.Command, _ []string) error {
			if err := settings.resolve(cmd.Flags(), *file, os.LookupEnv); err != nil {
				return err
			}
			if verb.use == "print" {
				text, err := yaml.Marshal(settings)
				if err != nil {
					return fail(exitFailure, err)
				}
				_, err = std.out.Write(text)
				return fail(exitFailure, err)
			}
			if err := settings.validate(); err != nil {
				return err
			}
			_, err := fmt.Fprintln(std.out, "ok")
			return fail(exitFailure, err)
		}
		config.AddCommand(cmd)
	}
	return config
}

// serveFlags gives cmd the flags of serve.
func serveFlags(cmd *cobra.Command) (settings *serveConfig, file *string) {
	c := defaultServeConfig()
	c.register(cmd.Flags())
	file = cmd.Flags().String("config", "", "settings as YAML; flags and PARTERRE_* variables are stronger")
	return &c, file
}
