/* SPDX-License-Identifier: ISC */
/* MBR: four entries, of which one may be a chain of tables with one partition each.
 *
 * A chain's tables come one behind the other on the disk when a partitioner wrote them; here each
 * must lie behind the one before, so that a chain ends. */
#include "fs/part/table.h"
#include "lib/le.h"
#include "mir/err.h"

#define ENTRIES		446u		/* Where they stand in the sector; four of 16 bytes. */
#define FIRST_LOGICAL	5u

struct entry {
	uint8_t type;
	uint32_t start, count;
};

static struct entry
entry_at(const uint8_t *sector, unsigned n)
{
	const uint8_t *e = sector + ENTRIES + 16 * n;

	return (struct entry){ e[4], le32(e + 8), le32(e + 12) };
}

static bool
is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

static enum part_kind
kind_of(uint8_t type)
{
	switch (type) {
	case 0x01: case 0x04: case 0x06: case 0x0b: case 0x0c: case 0x0e:
		return PART_FAT;
	case 0x82: case 0xee: case 0xef:	/* Swap; GPT's own; EFI's own. */
		return PART_SYSTEM;
	}
	return PART_OTHER;
}

/* The partitions of the chain that fills 'all'.  Starts of its tables count from its beginning,
 * starts of partitions from their table. */
static int
scan_chain(struct part_source *s, struct part_table *out, struct entry all, unsigned *number)
{
	uint64_t table = all.start;
	struct entry e, next;
	int err;

	for (unsigned steps = 0; steps < PART_MAX; steps++) {
		if (table >= s->sectors || table - all.start >= all.count) {
			out->refused++;
			return MIR_OK;
		}
		err = s->read(s, table, s->sector);
		if (err)
			return err;
		if (s->sector[510] != 0x55 || s->sector[511] != 0xaa) {
			out->refused++;
			return MIR_OK;
		}
		e = entry_at(s->sector, 0);
		next = entry_at(s->sector, 1);
		if (e.type && e.count)
			part_add(out, s, &(struct part){ table + e.start, e.count, (*number)++,
							 kind_of(e.type) });
		if (!is_extended(next.type) || !next.count)
			return MIR_OK;
		if ((uint64_t)all.start + next.start <= table) {
			out->refused++;
			return MIR_OK;
		}
		table = (uint64_t)all.start + next.start;
	}
	return MIR_OK;
}

int
part_scan_mbr(struct part_source *s, struct part_table *out)
{
	unsigned number = FIRST_LOGICAL;
	struct entry e[4];
	int err = MIR_OK;

	out->scheme = PART_MBR;
	for (unsigned i = 0; i < 4; i++)
		e[i] = entry_at(s->sector, i);
	for (unsigned i = 0; i < 4; i++)
		if (e[i].type && e[i].count && !is_extended(e[i].type))
			part_add(out, s, &(struct part){ e[i].start, e[i].count, i + 1,
							 kind_of(e[i].type) });
	for (unsigned i = 0; i < 4 && !err; i++)
		if (is_extended(e[i].type) && e[i].count)
			err = scan_chain(s, out, e[i], &number);
	return err;
}
