/* SPDX-License-Identifier: ISC */
/* What was read from the disk last, in pages: a record's head and data, and its neighbours that
 * were written with it, cost one read. */
#include <string.h>
#include "fs/store/log_state.h"
#include "mir/err.h"
#include "mir/page.h"

static void
empty(struct log_line *line)
{
	if (line->data)
		mir_page_free(line->data, 1);
	*line = (struct log_line){ .data = NULL };
}

void
log_lines_drop(struct store_log *l, uint64_t at, uint64_t len)
{
	for (unsigned i = 0; i < LOG_LINES; i++)
		if (l->lines[i].at < at + len && at < l->lines[i].at + l->lines[i].len)
			empty(&l->lines[i]);
	l->dropped++;
}

static const struct log_line *
line_with(const struct store_log *l, uint64_t at)
{
	for (unsigned i = 0; i < LOG_LINES; i++)
		if (l->lines[i].at <= at && at - l->lines[i].at < l->lines[i].len)
			return &l->lines[i];
	return NULL;
}

/* The page with 'at', in memory of its own until it is read. */
static int
read_page(struct store_log *l, uint64_t at, struct log_line *out)
{
	uint32_t size = l->disk->info.sector_size;
	uint64_t end = l->disk->info.sectors * size, first = at / MIR_PAGE_SIZE * MIR_PAGE_SIZE;
	uint32_t len = (uint32_t)(end - first < MIR_PAGE_SIZE ? end - first : MIR_PAGE_SIZE);
	int err;

	*out = (struct log_line){ mir_page_alloc(1), first, len };
	if (!out->data)
		return MIR_ENOMEM;
	err = mir_block_read(l->disk, first / size, len / size, out->data);
	if (err)
		empty(out);
	return err;
}

static size_t
copy_out(const struct log_line *line, uint64_t at, size_t len, uint8_t *to)
{
	size_t some = (size_t)(line->at + line->len - at);

	some = some < len ? some : len;
	memcpy(to, line->data + (at - line->at), some);
	return some;
}

/* Takes the place of the line that was read the longest ago, unless something was written since the
 * read began: that may concern other bytes of the page. */
static void
keep(struct store_log *l, struct log_line *line, uint64_t dropped)
{
	struct log_line *old = &l->lines[l->line_next];

	if (dropped != l->dropped) {
		empty(line);
		return;
	}
	empty(old);
	*old = *line;
	l->line_next = (l->line_next + 1) % LOG_LINES;
}

int
log_lines_read(struct store_log *l, uint64_t at, size_t len, uint8_t *to)
{
	const struct log_line *there;
	struct log_line line;
	size_t some;
	int err;

	for (; len; at += some, to += some, len -= some) {
		uint64_t dropped = l->dropped;

		there = line_with(l, at);
		if (there) {
			some = copy_out(there, at, len, to);
			continue;
		}
		err = read_page(l, at, &line);
		if (err)
			return err;
		some = copy_out(&line, at, len, to);
		keep(l, &line, dropped);
	}
	return MIR_OK;
}
