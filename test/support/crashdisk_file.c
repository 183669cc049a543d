/* SPDX-License-Identifier: ISC */
/* A simulated disk's content from and to memory and files of the host. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "mir/page.h"
#include "mir/panic.h"
#include "test/support/crashdisk.h"

static const uint8_t zeros[MIR_PAGE_SIZE];

static bool
is_zero(const uint8_t *unit, uint32_t len)
{
	return memcmp(unit, zeros, len) == 0;
}

/* Takes the memory. */
static void
load(struct crashdisk *d, uint64_t unit, uint8_t *memory, size_t len)
{
	MIR_ASSERT(len % d->tear == 0 && d->events == 0);
	for (size_t at = 0; at < len; at += d->tear)
		if (!is_zero(memory + at, d->tear))
			crashmap_set(&d->initial, unit + at / d->tear, 0, memory + at);
	d->loaded = realloc(d->loaded, (d->loaded_count + 1) * sizeof *d->loaded);
	MIR_ASSERT(d->loaded);
	d->loaded[d->loaded_count++] = memory;
}

void
crashdisk_load(struct crashdisk *d, uint64_t sector, const void *data, size_t len)
{
	uint8_t *copy = malloc(len);

	MIR_ASSERT(copy);
	memcpy(copy, data, len);
	load(d, sector * d->block.info.sector_size / d->tear, copy, len);
}

/* A megabyte at a time; of those that are all zeros nothing is kept. */
bool
crashdisk_load_file(struct crashdisk *d, const char *path)
{
	size_t some = 1 << 20;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t unit = 0;
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0) {
		uint8_t *memory = calloc(1, some);

		MIR_ASSERT(memory);
		n = read(fd, memory, some);
		if (n > 0 && !(is_zero(memory, d->tear) && !memcmp(memory, memory + d->tear,
								   some - d->tear)))
			load(d, unit, memory, ((size_t)n + d->tear - 1) / d->tear * d->tear);
		else
			free(memory);
		unit += some / d->tear;
	}
	if (fd >= 0)
		close(fd);
	return n == 0;
}

bool
crashdisk_save_file(const struct crashdisk *d, const char *path)
{
	uint64_t bytes = d->block.info.sectors * d->block.info.sector_size;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool ok = fd >= 0 && ftruncate(fd, (off_t)bytes) == 0;

	for (uint64_t u = 0; ok && u < bytes / d->tear; u++) {
		const uint8_t *unit = crashdisk_unit(d, u);

		if (!is_zero(unit, d->tear))
			ok = pwrite(fd, unit, d->tear, (off_t)(u * d->tear)) == (ssize_t)d->tear;
	}
	return (fd < 0 || close(fd) == 0) && ok;
}
