/* SPDX-License-Identifier: ISC */
/* drivers/doubles/words.h - what a double shall do, as words: "loss:50,dup:10,seed:7".
 *
 * Each word stands for a number of the double's settings; a word without a number sets 1.
 * Errors: MIR_EINVAL for a word that is not in the table, or a number that is missing, senseless
 *         or not wanted. */
#ifndef DRIVERS_DOUBLES_WORDS_H
#define DRIVERS_DOUBLES_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct double_word {
	const char *name;		/* NULL: the table's end. */
	size_t at;			/* Offset of a uint64_t in the settings. */
	uint64_t max;			/* Of the number, which is 1 at least; 0: it has none. */
};

/* Sets what 'text' names and leaves the rest as it is; "" is nothing. */
int double_words_parse(const char *text, const struct double_word *table, void *settings);

/* A key of the command line with such a value. */
struct double_key {
	const struct double_word *table;
	void *settings;
	bool given;
};

int double_key_parse(const char *value, void *key);	/* For MIR_PARAM. */

/* When the key was not given: takes the configuration's words. */
int double_key_settle(struct double_key *key, const char *name, const char *words);

#endif
