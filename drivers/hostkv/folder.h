/* SPDX-License-Identifier: ISC */
/* drivers/hostkv/folder.h - files of a folder, opened so that nothing outside of it can be. */
#ifndef DRIVERS_HOSTKV_FOLDER_H
#define DRIVERS_HOSTKV_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hostkv_id {			/* Of a file's content, for all that we know. */
	uint64_t device, inode, size;
	int64_t modified, changed;	/* Nanoseconds since 1970. */
};

/* A descriptor to read the regular file, and its identity; or a negative mir_err. */
int hostkv_file_open(const char *folder, const char *key, size_t key_len, struct hostkv_id *out);

/* The identity now.  MIR_EIO. */
int hostkv_file_id(int fd, struct hostkv_id *out);

bool hostkv_same_id(const struct hostkv_id *a, const struct hostkv_id *b);

#endif
