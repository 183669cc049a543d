/* SPDX-License-Identifier: ISC */
/* sources: drivers/hostgit/loose.c unix/loop.c unix/entropy.c */
/* libs: -lz */
/* An object's file as somebody may have left it.  The first byte says what the rest is: the file, or
 * what a sound file of it would hold, with a byte of the file changed then, or none.
 *
 * What is taken hashes to the id and has the size that its head says. */
#include <stdlib.h>
#include <zlib.h>
#include "drivers/hostgit/loose.h"
#include "lib/sha1.h"
#include "mir/err.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define LIMIT	5000u
#define ROOM	70000u

static void
try_file(const uint8_t *file, size_t len, const struct mir_oid *id, const uint8_t *plain,
	 size_t plain_len)
{
	uint8_t *exact = malloc(len ? len : 1);	/* For what reads too far. */
	struct mir_object head = { .size = 0 }, o = { .data = NULL };
	int err, head_err;

	memcpy(exact, file, len);
	head_err = hostgit_loose_parse(exact, len, id, LIMIT, true, &head);
	err = hostgit_loose_parse(exact, len, id, LIMIT, false, &o);
	free(exact);
	CHECK(!head_err || err == head_err);
	if (err)
		return;
	CHECK(head.size == o.size && head.kind == o.kind && o.size <= LIMIT);
	CHECK(plain_len > o.size);
	CHECK_MEM(o.data, plain + plain_len - o.size, o.size);
	free(o.data);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	static uint8_t file[ROOM];
	struct fuzz_bytes choices = { data, len };
	uint8_t how = fuzz_8(&choices);
	uint16_t place = how > 1 ? fuzz_16(&choices) : 0;
	uint8_t change = how > 1 ? fuzz_8(&choices) : 0;
	uLongf packed = sizeof file;
	struct mir_oid id = { { 0 } };
	struct sha1 s;

	if (choices.left > ROOM / 2)
		return;
	sha1_init(&s);
	sha1_add(&s, choices.at, choices.left);
	sha1_end(&s, id.bytes);
	if (how == 0) {
		try_file(choices.at, choices.left, &id, choices.at, 0);
		return;
	}
	CHECK_EQ(compress2(file, &packed, choices.at, choices.left, how % 10), Z_OK);
	file[place % packed] ^= change;
	if (how % 2 == 0 && change == 0)
		packed -= place % packed;	/* Cut short. */
	try_file(file, packed, &id, choices.at, choices.left);
}
