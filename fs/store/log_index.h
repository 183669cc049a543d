/* SPDX-License-Identifier: ISC */
/* fs/store/log_index.h - where each object is: a hash table of 8 bytes an object.
 *
 * It keeps 32 bits of a hash of the id (the tag) and 32 bits of place.  So a find gives a few
 * candidates, nearly always one; what stands at the place says whether it is the object. */
#ifndef FS_STORE_LOG_INDEX_H
#define FS_STORE_LOG_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mir/odb.h"

#define LOG_SAME 8u			/* Most objects with one tag. */

struct log_index {
	uint64_t *slots;		/* Tag and place; 0: empty. */
	uint32_t size, slots_max;	/* It grows as it fills. */
	uint32_t used, limit;		/* Objects. */
	uint64_t key;			/* So that nobody can choose ids with one tag. */
};

/* At most 'bytes'.  MIR_ENOMEM.  Close gives the memory back. */
int log_index_open(struct log_index *x, size_t bytes, uint64_t key);
void log_index_close(struct log_index *x);

uint32_t log_index_tag(const struct log_index *x, const struct mir_oid *id);

/* The places of all with that tag; how many. */
unsigned log_index_find(const struct log_index *x, uint32_t tag, uint32_t places[LOG_SAME]);
bool log_index_has(const struct log_index *x, uint32_t tag, uint32_t place);

/* For one more.  MIR_ENOMEM: it is as large as it may be, or memory is short. */
int log_index_make_room(struct log_index *x);

/* MIR_ENOMEM: the table is full, or has LOG_SAME of the tag. */
bool log_index_has_room(const struct log_index *x, uint32_t tag);
int log_index_add(struct log_index *x, uint32_t tag, uint32_t place);
void log_index_move(struct log_index *x, uint32_t tag, uint32_t from, uint32_t to);
void log_index_remove(struct log_index *x, uint32_t tag, uint32_t place);

#endif
