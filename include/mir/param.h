/* SPDX-License-Identifier: ISC */
/* mir/param.h - keys of the kernel command line, declared where they are used.
 *
 *	static const char *greeting = "hello";
 *	MIR_PARAM(greeting, mir_param_text, &greeting, "TEXT", "what hello prints");
 *
 * The line is words key=value, split at spaces; a value with spaces stands in double quotes.
 * An unknown key or a value that its parser refuses stops the image with a message that
 * names it and lists the keys. */
#ifndef MIR_PARAM_H
#define MIR_PARAM_H

#include <stddef.h>

struct mir_param {
	const char *key;
	/* MIR_OK or MIR_EINVAL; 'value' is 0-terminated and stays valid for ever. */
	int (*parse)(const char *value, void *to);
	void *to;
	const char *form;		/* What a value looks like: "A.B.C.D/BITS". */
	const char *help;
};

#define MIR_PARAM(id, fn, var, shape, text)					\
	static const struct mir_param mir_param_##id				\
	__attribute__((used, section("mir_params"), aligned(8))) = {		\
		.key = #id, .parse = (fn), .to = (var), .form = (shape), .help = (text) }

int mir_param_text(const char *value, void *to);	/* const char ** */
int mir_param_uint(const char *value, void *to);	/* unsigned *, decimal */
int mir_param_bool(const char *value, void *to);	/* bool *: yes no on off 1 0 */

/* Boot: parses the line (copied first).  On error writes one line that names the word into
 * 'why' and gives MIR_EINVAL. */
int mir_param_parse(const char *line, char *why, size_t why_size);

/* Prints every key with its form and help to the log. */
void mir_param_help(void);

#endif
