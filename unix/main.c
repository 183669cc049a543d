/* SPDX-License-Identifier: ISC */
/* The program's start: words of its own, the rest is the kernel command line. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mir/boot.h"
#include "mir/console.h"
#include "mir/param.h"
#include "unix/priv.h"
#include "unix/unix.h"

#define USAGE		2		/* Exit status. */
#define LINE		4096
#define MEMORY_MIB	64

static void
help(const char *program)
{
	printf("usage: %s [--memory MIB] [KEY=VALUE...]\n"
	       "  --memory MIB  the memory for pages and packets (default %u)\n"
	       "  --help        this\n", program, MEMORY_MIB);
	fflush(stdout);
	mir_param_help();
	mir_console_flush();
}

static _Noreturn void
refuse(const char *program, const char *why)
{
	fprintf(stderr, "%s: %s\nTry %s --help.\n", program, why, program);
	exit(USAGE);
}

/* Adds an argument to the line as a word of it: in quotes where it has spaces. */
static bool
add_word(char *line, const char *word)
{
	bool quote = strpbrk(word, " \t\n") != NULL;
	size_t len = strlen(line);
	int n = snprintf(line + len, LINE - len, quote ? "\"%s\" " : "%s ", word);

	return n > 0 && (size_t)n < LINE - len && !(quote && strchr(word, '"'));
}

static size_t
memory_of(const char *program, const char *text)
{
	char *end = NULL;
	unsigned long mib = text ? strtoul(text, &end, 10) : 0;

	if (!text || *end || mib < 1 || mib > 1 << 20)
		refuse(program, "--memory wants a number of MiB, 1 to 1048576");
	return mib << 20;
}

int
main(int argc, char **argv)
{
	size_t memory = (size_t)MEMORY_MIB << 20;
	char line[LINE] = "", why[200];

	mir_platform = &unix_platform;
	unix_clock_open();
	unix_loop_open();
	unix_console_open();
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			help(argv[0]);
			return EXIT_SUCCESS;
		}
		if (strcmp(argv[i], "--memory") == 0)
			memory = memory_of(argv[0], argv[++i]);
		else if (!add_word(line, argv[i]))
			refuse(argv[0], "the command line is too long, or has a quote in a word with spaces");
	}
	if (mir_param_parse(line, why, sizeof why))
		refuse(argv[0], why);
	if (!unix_memory_open(memory))
		refuse(argv[0], "the host has not so much memory: see --memory");
	if (unix_faults_catch)
		unix_faults_catch();
	mir_boot(line);
}
