/* SPDX-License-Identifier: ISC */
/* Writes files, syncs and says so, for ever; first it looks whether what it once said is there.
 *
 * Step n writes file n % SLOTS anew, beside the old one and then renamed over it, and appends a line to a
 * journal.  "files: synced N" on the console promises step N; "files: found N" says how many
 * steps the journal has, and that all of them are there. */
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/page.h"
#include "test/boot/files.h"

#define SLOTS	40u
#define LINE	16u			/* Bytes of the journal's lines. */
#define SIZE_MAX_ 20000u
#define NEW	"box/a new file, not in its place yet.txt"
#define JOURNAL	"journal"

static struct mir_fs *files;

static const char *
slot_name(uint32_t n)
{
	static char name[80];

	mir_snprintf(name, sizeof name, "box/a file with a long name, number %u.txt", n % SLOTS);
	return name;
}

static uint32_t
size_of(uint32_t n)
{
	return n * 7919u % SIZE_MAX_ + 16;
}

/* The first four bytes are the number. */
static uint8_t
byte_of(uint32_t n, uint32_t i)
{
	return (uint8_t)(i < 4 ? n >> 8 * i : n * 31 + i * 7 + (i >> 8));
}

static int
make_content(uint32_t n, struct mir_buf **out)
{
	uint32_t size = size_of(n), len;
	struct mir_buf *b;

	*out = NULL;
	for (uint32_t at = 0; at < size; at += len) {
		len = size - at < MIR_PAGE_SIZE ? size - at : MIR_PAGE_SIZE;
		b = mir_buf_alloc(0, len);
		if (!b)
			return MIR_ENOMEM;
		for (uint32_t i = 0; i < len; i++)
			b->data[i] = byte_of(n, at + i);
		mir_buf_append(out, b);
	}
	return MIR_OK;
}

/* Which step's content a chain is; 0: none's. */
static uint32_t
step_of(const struct mir_buf *b, uint32_t size)
{
	uint8_t head[4] = { 0 };
	uint32_t n, at = 0;

	mir_buf_copy_out(b, 0, head, sizeof head);
	n = head[0] | head[1] << 8 | head[2] << 16 | (uint32_t)head[3] << 24;
	if (n == 0 || size != size_of(n))
		return 0;
	for (; b; b = b->next)
		for (uint32_t i = 0; i < b->len; i++)
			if (b->data[i] != byte_of(n, at++))
				return 0;
	return n;
}

/* Whose content is in the file; 0: nobody's, or no file. */
static uint32_t
look(const char *name)
{
	struct mir_buf *all = NULL, *b;
	struct mir_file *f;
	uint32_t size = 0, n;
	int got;

	if (files->ops->open(files, name, MIR_FS_READ, &f))
		return 0;
	while ((got = f->ops->read(f, size, MIR_PAGE_SIZE, &b)) > 0) {
		mir_buf_append(&all, b);
		size += (uint32_t)got;
	}
	f->ops->close(f);
	n = got < 0 ? 0 : step_of(all, size);
	mir_buf_free(all);
	return n;
}

/* How many lines of the journal are right. */
static uint32_t
read_journal(void)
{
	char line[LINE + 1], want[LINE + 1];
	struct mir_file *f;
	struct mir_buf *b;
	uint32_t n = 0;
	int got = 0;

	if (files->ops->open(files, JOURNAL, MIR_FS_READ, &f))
		return 0;
	while ((got = f->ops->read(f, (uint64_t)n * LINE, LINE, &b)) == LINE) {
		mir_buf_copy_out(b, 0, line, LINE);
		mir_buf_free(b);
		line[LINE] = '\0';
		mir_snprintf(want, sizeof want, "step %10u\n", n + 1);
		if (__builtin_strcmp(line, want) != 0)
			break;
		n++;
	}
	if (got > 0 && got < (int)LINE)
		mir_buf_free(b);
	f->ops->close(f);
	return n;
}

static int
write_file(const char *name, uint64_t at, struct mir_buf *b)
{
	struct mir_file *f;
	int err = files->ops->open(files, name, MIR_FS_WRITE | MIR_FS_CREATE, &f);

	if (err) {
		mir_buf_free(b);
		return err;
	}
	err = f->ops->truncate(f, at);
	if (!err)
		err = f->ops->write(f, at, b);
	if (err)
		mir_buf_free(b);
	f->ops->close(f);
	return err;
}

static int
step(uint32_t n)
{
	char line[LINE + 1];
	struct mir_buf *b;
	int err = make_content(n, &b);

	if (!err)
		err = write_file(NEW, 0, b);
	if (!err)
		err = files->ops->sync(files);
	if (!err)
		err = files->ops->rename(files, NEW, slot_name(n));
	mir_snprintf(line, sizeof line, "step %10u\n", n);
	if (!err)
		err = write_file(JOURNAL, (uint64_t)(n - 1) * LINE, mir_buf_copy_in(line, LINE));
	if (!err)
		err = files->ops->sync(files);
	return err;
}

/* The last step may have been under way; of each slot the last one before it, or a later one, has
 * to be there, by either name. */
static bool
slots_are_right(uint32_t steps)
{
	uint32_t waits = look(NEW), n, last;
	bool right = true;

	for (uint32_t s = 0; s < SLOTS; s++) {
		last = steps - (steps + SLOTS - s) % SLOTS;
		if (last == steps)
			last = steps > SLOTS ? steps - SLOTS : 0;
		if (last == 0 || last > steps)
			continue;
		n = look(slot_name(s));
		if (n % SLOTS == s && n >= last)
			continue;
		if (waits % SLOTS == s && waits >= last)
			continue;
		mir_printf("files: slot %u has step %u, lost is %u\n", s, n, last);
		right = false;
	}
	return right;
}

int
boot_files_start(struct mir_fs *fs)
{
	uint32_t n;
	int err;

	files = fs;
	n = read_journal();
	if (!slots_are_right(n))
		return MIR_EPROTO;
	err = fs->ops->mkdir(fs, "box");
	mir_printf("files: found %u\n", n);
	if (err == MIR_EEXIST)
		err = MIR_OK;
	while (!err && !(err = step(++n)))
		mir_printf("files: synced %u\n", n);
	mir_printf("files: step %u: %s\n", n, mir_err_name(err));
	return err;
}
