/* SPDX-License-Identifier: ISC */
/* A block device in memory. */
#include <string.h>
#include "drivers/ramdisk/ramdisk.h"
#include "mir/err.h"

static void
copy(const struct ramdisk *d, const struct mir_block_request *r)
{
	uint8_t *at = d->memory + r->sector * d->block.info.sector_size;

	for (unsigned i = 0; i < r->piece_count; at += r->pieces[i++].len) {
		if (r->op == MIR_BLOCK_READ)
			memcpy(r->pieces[i].data, at, r->pieces[i].len);
		else
			memcpy(at, r->pieces[i].data, r->pieces[i].len);
	}
}

static int
serve(struct mir_block *b, const struct mir_block_request *r)
{
	struct ramdisk *d = (struct ramdisk *)b;
	size_t size = d->block.info.sector_size;

	if (r->op == MIR_BLOCK_READ || r->op == MIR_BLOCK_WRITE)
		copy(d, r);
	else if (r->op == MIR_BLOCK_DISCARD)
		memset(d->memory + r->sector * size, 0, (size_t)r->count * size);
	return MIR_OK;
}

static int
submit(struct mir_block *b, struct mir_block_request *r)
{
	return mir_block_queue_add(&((struct ramdisk *)b)->queue, r);
}

struct mir_block *
ramdisk_make(struct ramdisk *d, void *memory, uint64_t sectors)
{
	static const struct mir_block_ops ops = { .name = "ramdisk", .submit = submit };

	*d = (struct ramdisk){
		.block = { .ops = &ops, .info = { .sectors = sectors,
			.sector_size = RAMDISK_SECTOR, .present = true, .discard = true } },
		.memory = memory };
	mir_block_queue_init(&d->queue, &d->block, RAMDISK_DEPTH, serve);
	return &d->block;
}
