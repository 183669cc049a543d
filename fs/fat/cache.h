/* SPDX-License-Identifier: ISC */
/* fs/fat/cache.h - the pages of a volume that are in memory: all of its FAT and folders that is
 * looked at, and pieces of files that are no whole sectors.
 *
 * A page in the cache is what counts: who reads past it asks here for what is newer.  A change
 * that has to wait for others (enum fat_phase) pins its page and remembers the bytes before it,
 * so that an earlier phase can write the page without it. */
#ifndef FS_FAT_CACHE_H
#define FS_FAT_CACHE_H

#include "fs/fat/volume.h"

int fat_cache_open(struct fat *v);
void fat_cache_close(struct fat *v);	/* What was not written is lost. */

/* The byte at 'at' and those behind it on its page; valid until the next call here. */
int fat_cache_get(struct fat *v, uint64_t at, const uint8_t **data, uint32_t *len);

int fat_cache_read(struct fat *v, uint64_t at, void *to, uint32_t len);
int fat_cache_write(struct fat *v, uint64_t at, const void *from, uint32_t len,
		    enum fat_phase phase);

/* Of the first and of the last byte only those bits: FAT12's entries share bytes. */
int fat_cache_write_bits(struct fat *v, uint64_t at, const uint8_t *from, uint32_t len,
			 uint8_t first, uint8_t last, enum fat_phase phase);

/* Some bytes on the device are older than here. */
bool fat_cache_is_newer(struct fat *v, uint64_t at, uint32_t len);
/* Bytes that were read from the device, made as new as the cache has them. */
void fat_cache_overlay(struct fat *v, uint64_t at, void *data, uint32_t len);
/* Bytes that were written to the device: the cache learns of them. */
void fat_cache_learn(struct fat *v, uint64_t at, const void *data, uint32_t len);

/* Some bytes have a change that waits. */
bool fat_cache_waits(struct fat *v, uint64_t at, uint32_t len);

/* An operation that changes something may begin: else fat_commit must come first. */
bool fat_cache_has_room(const struct fat *v);

/* Writes what is due in that phase; '*wrote': there was something. */
int fat_cache_flush(struct fat *v, enum fat_phase phase, bool *wrote);

/* Internal, between the cache's files. */
struct fat_change {			/* Bytes as they were before a change that waits. */
	struct fat_change *next;	/* Of the page, older; or free. */
	uint16_t at;			/* On the page. */
	uint8_t len, phase;
	uint8_t first, last;		/* Which bits of the first and the last byte. */
	uint8_t old[FAT_SLOT];
};

struct fat_page {
	struct fat_page *next;		/* Of the same bucket. */
	struct fat_page *newer, *older;
	uint64_t number;
	uint8_t *data;
	uint32_t valid;			/* Bytes; the device's last page may be short. */
	uint8_t due[FAT_PHASES];	/* By phase: units of 512 bytes to write. */
	struct fat_change *changes;	/* Newest first. */
};

struct fat_page *fat_cache_look(struct fat *v, uint64_t number);	/* NULL: it isn't there. */
int fat_page_write(struct fat *v, struct fat_page *p, enum fat_phase phase);

#endif
