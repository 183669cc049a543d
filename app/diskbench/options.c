/* SPDX-License-Identifier: ISC */
/* The keys of a run. */
#include <stdlib.h>
#include <string.h>
#include "app/diskbench/options.h"
#include "mir/err.h"
#include "mir/param.h"

#define BLOCK_MIN 4096u

static const struct diskbench_options defaults = {
	.block_size = BLOCK_MIN, .depth = 1, .seconds = 5, .seed = 1,
};

struct diskbench_options diskbench_options = {
	.block_size = BLOCK_MIN, .depth = 1, .seconds = 5, .seed = 1,
};

void
diskbench_options_reset(void)
{
	diskbench_options = defaults;
}

static int
parse_op(const char *value, void *to)
{
	enum diskbench_op *op = to;

	if (strcmp(value, "read") == 0)
		*op = DISKBENCH_READ;
	else if (strcmp(value, "write") == 0)
		*op = DISKBENCH_WRITE;
	else
		return MIR_EINVAL;
	return MIR_OK;
}

static int
parse_pattern(const char *value, void *to)
{
	*(bool *)to = strcmp(value, "sequential") == 0;
	return *(bool *)to || strcmp(value, "random") == 0 ? MIR_OK : MIR_EINVAL;
}

/* Bytes, or KiB with a k, or MiB with an M: a power of two. */
static int
parse_block_size(const char *value, void *to)
{
	char number[12];
	size_t len = strlen(value);
	unsigned shift = 0, n;

	if (len == 0 || len >= sizeof number)
		return MIR_EINVAL;
	memcpy(number, value, len + 1);
	if (number[len - 1] == 'k' || number[len - 1] == 'M') {
		shift = number[len - 1] == 'k' ? 10 : 20;
		number[len - 1] = '\0';
	}
	if (mir_param_uint(number, &n) || n > BLOCK_MAX >> shift)
		return MIR_EINVAL;
	n <<= shift;
	if (n < BLOCK_MIN || n & (n - 1))
		return MIR_EINVAL;
	*(uint32_t *)to = n;
	return MIR_OK;
}

static int
parse_depth(const char *value, void *to)
{
	unsigned n;

	if (mir_param_uint(value, &n) || n == 0 || n > DEPTH_MAX)
		return MIR_EINVAL;
	*(unsigned *)to = n;
	return MIR_OK;
}

static int
parse_seconds(const char *value, void *to)
{
	unsigned n;

	if (mir_param_uint(value, &n) || n == 0)
		return MIR_EINVAL;
	*(unsigned *)to = n;
	return MIR_OK;
}

MIR_PARAM(op, parse_op, &diskbench_options.op, "read|write", "what is done to the disk");
MIR_PARAM(pattern, parse_pattern, &diskbench_options.sequential, "random|sequential",
	  "where on the disk");
MIR_PARAM(bs, parse_block_size, &diskbench_options.block_size, "BYTES",
	  "of each request, 4096 to 1M, a power of two");
MIR_PARAM(depth, parse_depth, &diskbench_options.depth, "N", "requests in flight, 1 to 256");
MIR_PARAM(seconds, parse_seconds, &diskbench_options.seconds, "N", "how long");
MIR_PARAM(verify, mir_param_bool, &diskbench_options.verify, "BOOL",
	  "look whether the disk gives what was written");
MIR_PARAM(durable, mir_param_bool, &diskbench_options.durable, "BOOL",
	  "each write is its own flush");
MIR_PARAM(span, mir_param_uint, &diskbench_options.span, "MIB", "how much of the disk; 0: all");
MIR_PARAM(seed, mir_param_uint, &diskbench_options.seed, "N", "of the random places");
