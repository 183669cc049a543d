/* SPDX-License-Identifier: ISC */
/* sources: fs/store/log_[a-z]*.c drivers/ramdisk/ramdisk.c */
/* The store's log on a disk that somebody made: a sound image is changed as the input says, with
 * its checksums put right where the input wants that; it is opened, walked, written, swept, and
 * opened again.
 *
 * Nothing may crash, hang or leave memory behind, and all calls end. */
#include <stdlib.h>
#include <string.h>
#include "drivers/ramdisk/ramdisk.h"
#include "fs/store/log_state.h"
#include "lib/bytes.h"
#include "lib/crc32c.h"
#include "mir/err.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define SECTORS 560u
#define BYTES	(SECTORS * RAMDISK_SECTOR)
#define OBJECTS 40u
#define RECORDS 256u

static const struct store_log_limits limits = { 16, 16, 8 };
static _Alignas(4096) uint8_t sound[BYTES], image[BYTES];
static struct ramdisk disk;
static struct mir_odb *odb;
static struct log_super super;
static uint32_t records[RECORDS], record_count;	/* Their places in the sound image. */
static bool ended;

static struct mir_oid
id_of(uint32_t n)
{
	struct mir_oid id = { { 0 } };

	put32(id.bytes, n * 2654435761u);
	put32(id.bytes + 4, n);
	return id;
}

static int
put_object(uint32_t n)
{
	static uint8_t data[20000];
	struct mir_oid id = id_of(n);

	return odb->ops->write(odb, &id, MIR_OBJECT_BLOB, data, n % 13 ? n * 37 % 400 : n * 1500 % 20000);
}

static int
set_ref(uint32_t n)
{
	char name[] = "refs/heads/a";
	struct mir_oid id = id_of(n), old;

	name[11] = (char)('a' + n % 12);
	return odb->ops->ref_set(odb, name, odb->ops->ref_get(odb, name, &old) ? NULL : &old,
				 n % 5 ? &id : NULL);
}

static bool
keep_some(void *ctx, const struct mir_oid *id)
{
	return (id->bytes[7] & 3) != *(uint8_t *)ctx;
}

/* --- The sound image. */

static void
make_sound(void *arg)
{
	(void)arg;
	CHECK_EQ(store_log_open_with(&disk.block, &limits, &odb), MIR_OK);
	for (uint32_t n = 1; n < OBJECTS; n++) {
		CHECK_EQ(put_object(n), MIR_OK);
		if (n % 3 == 0)
			set_ref(n);
	}
	store_log_compact(odb);
	set_ref(1);
	store_log_close(odb);
	ended = true;
}

static void
in_task(void (*fn)(void *), void *arg)
{
	ended = false;
	mir_spawn("fuzz", fn, arg);
	test_run_for(MIR_SEC(1000));
	CHECK(ended);
}

static void
prepare(void)
{
	struct log_record r;

	ramdisk_make(&disk, sound, SECTORS);
	in_task(make_sound, NULL);
	CHECK(log_super_parse(sound, &super));
	for (uint32_t at = LOG_FIRST; at + LOG_HEAD <= BYTES; at += LOG_UNIT)
		if (log_record_parse(&super, sound + at, &r) && r.place == at / LOG_UNIT &&
		    record_count < RECORDS)
			records[record_count++] = r.place;
	CHECK(record_count > OBJECTS);
}

/* --- Changes. */

static void
change_bytes(struct fuzz_bytes *in)
{
	uint32_t at = fuzz_32(in) % BYTES;

	for (unsigned n = fuzz_8(in) % 32; n && at < BYTES; n--)
		image[at++] = fuzz_8(in);
}

static void
copy_sector(struct fuzz_bytes *in)
{
	uint32_t from = fuzz_16(in) % SECTORS, to = fuzz_16(in) % SECTORS;

	memmove(image + to * 512, image + from * 512, 512);
}

static void
change_super(struct fuzz_bytes *in)
{
	struct log_super s = super;
	uint32_t copy = fuzz_8(in) & 1;

	s.segment_bytes = fuzz_8(in) & 1 ? fuzz_32(in) : s.segment_bytes;
	s.segments = fuzz_8(in) & 1 ? fuzz_32(in) : s.segments;
	s.sector_size = fuzz_8(in) & 1 ? fuzz_16(in) : s.sector_size;
	log_super_build(&s, image + (copy ? log_segment_at(&super, super.segments) : 0));
}

/* A field of a record; or its data. */
static void
change_record(struct fuzz_bytes *in)
{
	uint32_t place = records[fuzz_8(in) % record_count], at = place * LOG_UNIT;
	struct log_record r;

	if (!log_record_parse(&super, image + at, &r))
		return;
	switch (fuzz_8(in) % 8) {
	case 0: r.type = (enum log_type)fuzz_8(in); break;
	case 1: r.kind = fuzz_8(in); break;
	case 2: r.size = fuzz_32(in); break;
	case 3: r.seq = fuzz_32(in); break;
	case 4: r.place = fuzz_32(in); break;
	case 5: r.before = fuzz_32(in); break;
	case 6: r.id = id_of(fuzz_8(in) % OBJECTS); break;
	case 7: image[at + LOG_HEAD + fuzz_16(in) % (r.size + 1)] = fuzz_8(in); break;
	}
	if (r.size <= BYTES - at - LOG_HEAD)
		r.data_crc = crc32c(0, image + at + LOG_HEAD, r.size);
	log_record_build(&super, &r, image + at);
}

/* Chains a segment's records again, front to back, over what was changed. */
static void
chain_again(struct fuzz_bytes *in)
{
	uint32_t segment = fuzz_8(in) % super.segments, before = 0;
	struct log_record r;

	for (uint32_t i = 0; i < record_count; i++) {
		uint8_t *head = image + records[i] * LOG_UNIT;

		if (log_segment_of(&super, records[i]) != segment ||
		    !log_record_parse(&super, head, &r))
			continue;
		r.before = before;
		log_record_build(&super, &r, head);
		before = r.crc;
	}
}

static void
change_table(struct fuzz_bytes *in)
{
	uint32_t segment = fuzz_8(in) % super.segments, what = fuzz_8(in), entry;
	uint8_t *end = image + log_segment_at(&super, segment) + super.segment_bytes;
	uint8_t *footer = end - LOG_FOOTER;
	struct log_footer f;

	if (!log_footer_parse(&super, footer, &f))
		return;
	entry = f.count ? fuzz_8(in) % f.count : 0;
	if (what & 1)
		put32(footer - (entry + 1) * LOG_ENTRY + 20, fuzz_32(in));
	if (what & 2)
		put32(footer - (entry + 1) * LOG_ENTRY + 24, fuzz_32(in));
	if (what & 4)
		f.count = fuzz_16(in);
	if (what & 8)
		f.end = fuzz_32(in);
	if (what & 16)
		f.seq = fuzz_8(in);
	if (f.count <= LOG_ENTRIES && log_table_bytes(f.count) <= super.segment_bytes)
		f.table_crc = crc32c(0, footer - f.count * LOG_ENTRY, f.count * LOG_ENTRY);
	log_footer_build(&super, &f, footer);
}

static void
change(struct fuzz_bytes *in)
{
	switch (fuzz_8(in) % 6) {
	case 0: change_bytes(in); break;
	case 1: copy_sector(in); break;
	case 2: change_super(in); break;
	case 3: change_record(in); break;
	case 4: chain_again(in); break;
	case 5: change_table(in); break;
	}
}

/* --- Use. */

static void
walk(void)
{
	char name[MIR_REF_MAX] = "";
	struct mir_object o;
	struct mir_oid id;

	for (unsigned n = 0; odb->ops->ref_next(odb, name, &id) == 1; n++)
		CHECK(n < limits.refs);
	for (uint32_t n = 0; n < OBJECTS; n++) {
		id = id_of(n);
		if (odb->ops->stat(odb, &id, &o) == MIR_OK &&
		    odb->ops->read(odb, &id, &o) == MIR_OK)
			free(o.data);
	}
}

static void
use(struct fuzz_bytes *in)
{
	uint8_t how = fuzz_8(in), drop = how & 3;

	walk();
	for (uint32_t n = 0; n < 2 * OBJECTS; n += 24 - fuzz_8(in) % 24) {
		put_object(n);
		if (n % 4 == 0)
			set_ref(n);
	}
	if (how & 4)
		odb->ops->sweep(odb, keep_some, &drop);
	if (how & 8)
		store_log_compact(odb);
	set_ref(drop);
}

static void
run(void *arg)
{
	struct fuzz_bytes *in = arg;

	for (unsigned i = 0; i < 2; i++) {
		if (store_log_open_with(&disk.block, &limits, &odb))
			break;
		use(in);
		store_log_close(odb);
	}
	ended = true;
}

/* The first byte: how many changes. */
void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };
	unsigned changes = fuzz_8(&in) % 16;

	if (!record_count)
		prepare();
	memcpy(image, sound, BYTES);
	ramdisk_make(&disk, image, SECTORS);
	while (changes--)
		change(&in);
	in_task(run, &in);
}
