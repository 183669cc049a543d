/* SPDX-License-Identifier: ISC */
/* The image's failing block devices, by the key blockdouble=. */
#include <stddef.h>
#include "drivers/doubles/block.h"
#include "drivers/doubles/words.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"

#define DEVICES 4
#define WORD(name, max)	{ #name, offsetof(struct double_block_settings, name), max }

static const struct double_word words[] = {
	WORD(full, 0), WORD(busy, 0), WORD(fail, UINT64_MAX), WORD(tear, UINT64_MAX),
	WORD(silent, 0), WORD(power, UINT64_MAX), WORD(seed, UINT64_MAX), { NULL, 0, 0 },
};

static struct double_block_settings chosen;
static struct double_key key = { words, &chosen, false };
MIR_PARAM(blockdouble, double_key_parse, &key, "WORD,...",
	  "failing disk: full busy fail:N tear:N[,silent] power:N seed:N");

int
double_block_open(struct mir_block *under, struct mir_block **out)
{
	static struct double_block devices[DEVICES];
	static unsigned used;
	int err = double_key_settle(&key, "blockdouble", CONFIG_DOUBLE_BLOCK_WORDS);

	if (err)
		return err;
	if (used == DEVICES)
		return MIR_ENOMEM;
	*out = double_block_make(&devices[used++], &chosen, under);
	mir_warn("double", "disk %u is behind a test double: the key blockdouble", under->device.index);
	return MIR_OK;
}
