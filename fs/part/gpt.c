/* SPDX-License-Identifier: ISC */
/* GPT: a header in sector 1 and another in the last one, each with an array of entries; all
 * under checksums.  The second pair counts where the first is broken. */
#include <string.h>
#include "fs/part/table.h"
#include "lib/crc32.h"
#include "lib/le.h"
#include "mir/err.h"

#define HEADER		92u		/* Bytes of it at least. */
#define ENTRY		128u		/* The same of an entry; larger ones are 128 * 2^n. */
#define ARRAY_MAX	(1u << 20)	/* Bytes.  More is not believed. */

struct header {				/* What of it is used. */
	uint64_t first, last;		/* Sectors for partitions. */
	uint64_t array;
	uint32_t count, entry_size, crc;
};

/* The sector 'at', judged (UEFI 5.3.2). */
static bool
header_parse(uint8_t *b, const struct part_source *s, uint64_t at, struct header *out)
{
	uint32_t size = le32(b + 12), crc = le32(b + 16);
	uint64_t sectors;

	if (memcmp(b, "EFI PART", 8) || size < HEADER || size > s->sector_size)
		return false;
	memset(b + 16, 0, 4);
	if (crc32_add(0, b, size) != crc || le64(b + 24) != at)
		return false;
	*out = (struct header){ .first = le64(b + 40), .last = le64(b + 48), .array = le64(b + 72),
		.count = le32(b + 80), .entry_size = le32(b + 84), .crc = le32(b + 88) };
	if (out->entry_size < ENTRY || out->entry_size > s->sector_size ||
	    (out->entry_size & (out->entry_size - 1)) || out->first > out->last ||
	    out->count > ARRAY_MAX / out->entry_size)
		return false;
	sectors = ((uint64_t)out->count * out->entry_size + s->sector_size - 1) / s->sector_size;
	return out->array >= 2 && out->array < s->sectors && sectors <= s->sectors - out->array;
}

static enum part_kind
kind_of(const uint8_t *type)
{
	static const struct { uint8_t guid[16]; enum part_kind kind; } known[] = {
		/* EBD0A0A2-B9E5-4433-87C0-68B6B72699C7: Microsoft's basic data. */
		{ { 0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
		    0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7 }, PART_FAT },
		/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B: EFI's system partition. */
		{ { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
		    0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b }, PART_SYSTEM },
		/* 21686148-6449-6E6F-744E-656564454649: a boot loader's. */
		{ { 0x48, 0x61, 0x68, 0x21, 0x49, 0x64, 0x6f, 0x6e,
		    0x74, 0x4e, 0x65, 0x65, 0x64, 0x45, 0x46, 0x49 }, PART_SYSTEM },
		/* E3C9E316-0B5C-4DB8-817D-F92DF00215AE: Microsoft's reserve. */
		{ { 0x16, 0xe3, 0xc9, 0xe3, 0x5c, 0x0b, 0xb8, 0x4d,
		    0x81, 0x7d, 0xf9, 0x2d, 0xf0, 0x02, 0x15, 0xae }, PART_SYSTEM },
		/* 0657FD6D-A4AB-43C4-84E5-0933C84B4F4F: Linux' swap. */
		{ { 0x6d, 0xfd, 0x57, 0x06, 0xab, 0xa4, 0xc4, 0x43,
		    0x84, 0xe5, 0x09, 0x33, 0xc8, 0x4b, 0x4f, 0x4f }, PART_SYSTEM },
	};

	for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
		if (memcmp(type, known[i].guid, 16) == 0)
			return known[i].kind;
	return PART_OTHER;
}

/* The entry with that number (UEFI 5.3.3), if it is used. */
static void
take(const uint8_t *e, unsigned number, const struct header *h, const struct part_source *s,
     struct part_table *out)
{
	static const uint8_t unused[16];
	uint64_t first = le64(e + 32), last = le64(e + 40);

	if (number > PART_MAX || memcmp(e, unused, sizeof unused) == 0)
		return;
	if (first < h->first || last > h->last || first > last)
		out->refused++;
	else
		part_add(out, s, &(struct part){ first, last - first + 1, number, kind_of(e) });
}

/* Reads the whole array; false: its checksum is wrong, and 'out' is as it was. */
static int
array_read(struct part_source *s, const struct header *h, struct part_table *out, bool *sound)
{
	uint64_t bytes = (uint64_t)h->count * h->entry_size, done = 0;
	uint32_t crc = 0, some;
	int err;

	for (uint64_t at = h->array; done < bytes; at++, done += some) {
		some = bytes - done < s->sector_size ? (uint32_t)(bytes - done) : s->sector_size;
		err = s->read(s, at, s->sector);
		if (err)
			return err;
		crc = crc32_add(crc, s->sector, some);
		for (uint32_t i = 0; i < some; i += h->entry_size)
			take(s->sector + i, (unsigned)((done + i) / h->entry_size) + 1, h, s, out);
	}
	*sound = crc == h->crc;
	if (!*sound)
		memset(out, 0, sizeof *out);
	return MIR_OK;
}

static int
try_header(struct part_source *s, uint64_t at, struct part_table *out, bool *sound)
{
	struct header h;
	int err = s->read(s, at, s->sector);

	*sound = false;
	if (err || !header_parse(s->sector, s, at, &h))
		return err;
	return array_read(s, &h, out, sound);
}

/* A sector that can't be read is as good as a broken one, as long as the other one can. */
int
part_scan_gpt(struct part_source *s, struct part_table *out)
{
	bool sound = false;
	int first = MIR_OK, err;

	if (s->sectors < 3)
		return MIR_OK;
	first = try_header(s, 1, out, &sound);
	if (!sound) {
		memset(out, 0, sizeof *out);
		err = try_header(s, s->sectors - 1, out, &sound);
		if (!sound)
			memset(out, 0, sizeof *out);
		if (!sound && (first || err))
			return first ? first : err;
	}
	if (sound)
		out->scheme = PART_GPT;
	return MIR_OK;
}
