/* SPDX-License-Identifier: ISC */
/* fs/store/log.h - mir/odb.h on a block device: a log that loses nothing that was promised.
 *
 * Durability: as mir/odb.h says, on a device that keeps its word at flushes; a device without a
 *             cache needs none.  What a power cut leaves half written is cut off when the log is
 *             opened.  ref_get may give a value whose ref_set hasn't returned yet; whoever builds
 *             on it and gets MIR_OK has it kept, too.
 * Memory:     the index (CONFIG_STORE_LOG_INDEX_KIB, 8 bytes an object), two write buffers
 *             (CONFIG_STORE_LOG_BUFFER_KIB), the references (CONFIG_STORE_LOG_REFS), 224 KiB of
 *             tables; while a call runs, the object that it reads or moves.
 * Errors:     beside those of mir/odb.h: when the device fails a write, all calls that write give
 *             its error from then on, until the log is opened anew; reading goes on.
 * Objects:    at most about a segment (1 MiB on disks of 256 MiB to 4 GiB). */
#ifndef FS_STORE_LOG_H
#define FS_STORE_LOG_H

#include "mir/block.h"
#include "mir/odb.h"

/* Opens the log on the disk; an empty disk (all zeros) is formatted first.  MIR_EINVAL: something
 * else is on it, which stays as it is; the log names the remedy. */
int store_log_open(struct mir_block *disk, struct mir_odb **out);

struct store_log_limits {
	uint32_t index_kib, buffer_kib, refs;
};

/* The same with limits other than the configuration's. */
int store_log_open_with(struct mir_block *disk, const struct store_log_limits *limits,
			struct mir_odb **out);

/* Waits for what is under way and gives all memory back; writes nothing. */
void store_log_close(struct mir_odb *odb);

/* Moves what lives in the emptiest segments together, while that frees some: what happens by
 * itself on a disk that gets full. */
int store_log_compact(struct mir_odb *odb);

struct store_log_space {
	uint32_t segments, free, segment_bytes;
	uint32_t objects, objects_max;
	uint64_t live_bytes;		/* Of objects. */
};

void store_log_space(const struct mir_odb *odb, struct store_log_space *out);

#endif
