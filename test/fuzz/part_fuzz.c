/* SPDX-License-Identifier: ISC */
/* sources: fs/part/scan.c fs/part/mbr.c fs/part/gpt.c */
/* Partition tables: whatever stands on a disk, what is found lies on it, and soon.
 *
 * The first two bytes say how large the sectors are, how many the disk claims, and whether the
 * checksums of a GPT are made right first; then come the sectors, which repeat to the disk's end. */
#include "lib/le.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"
#include "test/unit/fs/part/tables.h"

#define READS_MAX	(2u * ((1u << 20) / 512u + 1) + 4 * PART_MAX)	/* Two arrays of 1 MiB. */

static uint8_t bytes[4 * 4096 + 4096];
static size_t used;

static int
read_repeated(struct part_source *s, uint64_t sector, uint8_t *to)
{
	struct image *i = (struct image *)s;
	uint64_t all = used / s->sector_size;

	CHECK(sector < s->sectors);
	i->reads++;
	memcpy(to, bytes + (all ? sector % all : 0) * s->sector_size, s->sector_size);
	return MIR_OK;
}

static void
seal(struct image *i)
{
	uint64_t all = used / i->source.sector_size;
	uint8_t *h = bytes + i->source.sector_size;

	if (all < 3)
		return;
	h[72] = 2;			/* The array; as much of it as there is. */
	if ((uint64_t)le16(h + 80) * le16(h + 84) <= (all - 2) * i->source.sector_size)
		seal_gpt(i, 1, 2);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	static struct part_table t;
	static struct image image;
	struct fuzz_bytes in = { data, len };
	uint8_t how = fuzz_8(&in), claim = fuzz_8(&in);
	uint32_t size = how & 1 ? 4096 : 512;

	used = in.left < sizeof bytes - 4096 ? in.left : sizeof bytes - 4096;
	memset(bytes, 0, sizeof bytes);
	memcpy(bytes, in.at, used);
	image_init(&image, bytes, claim < 64 ? claim : (uint64_t)claim << (claim % 56), size);
	image.source.read = read_repeated;
	if (how & 2)
		seal(&image);
	CHECK_EQ(part_scan(&image.source, &t), MIR_OK);
	CHECK(image.reads <= READS_MAX);
	CHECK(t.count <= PART_MAX);
	for (unsigned i = 0; i < t.count; i++) {
		const struct part *p = &t.part[i];

		CHECK(p->count && p->start && p->number && p->start < image.source.sectors &&
		      p->count <= image.source.sectors - p->start);
		CHECK(part_choose(&t, p->number) != NULL);
	}
}
