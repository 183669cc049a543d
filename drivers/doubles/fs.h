/* SPDX-License-Identifier: ISC */
/* drivers/doubles/fs.h - a file system that fails, in front of one that works.
 *
 * All within the contract of mir/fs.h but for 'silent', a file system that lies.  At the loss of
 * power each write or truncation since the last sync is kept or undone, as the seed has it; names
 * that came or went stay so. */
#ifndef DRIVERS_DOUBLES_FS_H
#define DRIVERS_DOUBLES_FS_H

#include <stdbool.h>
#include "mir/fs.h"

#define DOUBLE_FS_FILES	32u		/* Open, or not synced. */
#define DOUBLE_FS_UNDO	64u		/* Writes that can be undone; others are stable at once. */

struct double_fs_settings {		/* All-zero: works. */
	uint64_t full;			/* What needs room: MIR_EFULL. */
	uint64_t busy;			/* Every call: MIR_EAGAIN. */
	uint64_t fail;			/* The Nth call: MIR_EIO. */
	uint64_t tear;			/* The Nth write: its first bytes only, and MIR_EIO ... */
	uint64_t silent;		/* ... or MIR_OK. */
	uint64_t power;			/* After N changes: MIR_EIO for ever. */
	uint64_t seed;
};

struct double_fs_undo;

struct double_fs {
	struct mir_fs fs;		/* First. */
	struct mir_fs *under;
	struct double_fs_settings settings;
	uint64_t calls, writes, changes, random;
	struct double_fs_undo *undo;	/* Newest first. */
	bool lost_power;
	uint64_t kept, lost;		/* Writes, at the loss of power. */
};

struct double_fs_file {			/* Internal. */
	struct mir_file file;		/* First. */
	struct double_fs *fs;
	struct mir_file *under;
	unsigned refs;			/* Its owner and what can be undone. */
};

/* By hand: *d, in front of 'under'. */
struct mir_fs *double_fs_make(struct double_fs *d, const struct double_fs_settings *s,
			      struct mir_fs *under);

/* The image's, with what the key fsdouble says. */
int double_fs_open(struct mir_fs *under, struct mir_fs **out);

/* Internal.  Before a call: what is wrong with it. */
enum double_fs_call { DOUBLE_FS_LOOK, DOUBLE_FS_FREE, DOUBLE_FS_GROW };
int double_fs_gate(struct double_fs *d, enum double_fs_call call);
/* Behind one that changed something: 'err' again; perhaps the power goes. */
int double_fs_changed(struct double_fs *d, int err);

extern const struct mir_file_ops double_fs_file_ops;
void double_fs_file_unref(struct double_fs_file *f);

/* Before bytes from 'offset' on change: 'len' of them, or all to the end at a truncation. */
void double_fs_remember(struct double_fs_file *f, uint64_t offset, uint64_t len);
/* All is stable; by hand, too, before 'under' goes. */
void double_fs_forget(struct double_fs *d);
void double_fs_cut(struct double_fs *d);

#endif
