/* SPDX-License-Identifier: ISC */
/* The image's partitions, by the key partition=. */
#include <string.h>
#include "fs/part/part.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"

#define DISKS 4

static unsigned wanted = PARTITION_AUTO;

static int
parse(const char *value, void *to)
{
	unsigned *number = to;
	int err;

	if (strcmp(value, "auto") == 0 || strcmp(value, "whole") == 0) {
		*number = *value == 'a' ? PARTITION_AUTO : PARTITION_WHOLE;
		return MIR_OK;
	}
	err = mir_param_uint(value, number);
	return !err && (*number == 0 || *number > PART_MAX) ? MIR_EINVAL : err;
}

MIR_PARAM(partition, parse, &wanted, "auto|whole|NUMBER", "what of the disk is used");

int
partition_open(struct mir_block *under, struct mir_block **out)
{
	static struct partition all[DISKS];
	static unsigned used;
	int err;

	if (used == DISKS)
		return MIR_ENOMEM;
	err = partition_make(&all[used], wanted, under);
	if (err) {
		mir_error("part", "disk %u: no partition as the key 'partition' wants it: %s",
			  under->device.index, mir_err_name(err));
		return err;
	}
	*out = &all[used++].block;
	return MIR_OK;
}
