/* SPDX-License-Identifier: ISC */
/* test/power/fat_model.h - what a volume must hold after a power cut, from what was done and promised.
 *
 * Each change of a file is noted with the disk's event before it, each sync that returned with that
 * after it; between two events, their order counts.  At a cut, the last sync that had returned
 * stands: a file that nothing touched since must be there with all of its bytes; of one that was,
 * what no change concerned. */
#ifndef TEST_POWER_FAT_MODEL_H
#define TEST_POWER_FAT_MODEL_H

#include "mir/fs.h"

#define MODEL_FILES	18u		/* Names; a third of them is each task's. */
#define MODEL_SIZE	24000u		/* Bytes of a file at most. */
#define MODEL_TASKS	3u

enum model_kind { MODEL_WRITE, MODEL_TRUNCATE, MODEL_REMOVE, MODEL_RENAME };

struct model_op {
	enum model_kind kind;
	uint64_t begin;			/* Event. */
	uint64_t order;			/* Of its return; 0: it has not returned. */
	unsigned file, to;		/* 'to': of RENAME. */
	uint32_t offset, len;		/* WRITE; TRUNCATE: to 'len'. */
	uint8_t seed;			/* Of what was written. */
};

struct model_sync {
	uint64_t order;			/* Of its beginning. */
	uint64_t end;			/* Event. */
	int file;			/* Of that file alone; -1: of all. */
};

struct model {
	struct model_op *ops;
	struct model_sync *syncs;
	unsigned op_count, sync_count;
	uint64_t order;			/* So far. */
};

struct model_state {			/* Of a file. */
	bool there;
	uint32_t size;
	uint8_t bytes[MODEL_SIZE];
};

const char *model_path(unsigned file);
void model_fill(uint8_t *to, uint32_t offset, uint32_t len, uint8_t seed);

/* Notes; the index, by which its return is noted. */
unsigned model_begin(struct model *m, const struct model_op *op, uint64_t now);
void model_end(struct model *m, unsigned op);
/* 'order' is m->order at the sync's beginning. */
void model_synced(struct model *m, uint64_t order, uint64_t now, int file);
void model_free(struct model *m);

/* All files as after the changes that returned. */
void model_state(const struct model *m, struct model_state states[MODEL_FILES]);

/* What the volume holds after the cut is what it may hold; else prints why not, and false. */
bool model_check(const struct model *m, struct mir_fs *fs, uint64_t cut);

#endif
