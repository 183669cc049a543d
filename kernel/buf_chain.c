/* SPDX-License-Identifier: ISC */
/* Packet buffers as chains: measuring, cloning, copying, cutting. */
#include <string.h>
#include "mir/buf.h"
#include "mir/page.h"
#include "mir/panic.h"

size_t
mir_buf_len(const struct mir_buf *b)
{
	size_t n = 0;

	for (; b; b = b->next)
		n += b->len;
	return n;
}

unsigned
mir_buf_pieces(const struct mir_buf *b)
{
	unsigned n = 0;

	for (; b; b = b->next)
		n++;
	return n;
}

struct mir_buf *
mir_buf_last(struct mir_buf *b)
{
	while (b && b->next)
		b = b->next;
	return b;
}

void
mir_buf_append(struct mir_buf **chain, struct mir_buf *b)
{
	while (*chain)
		chain = &(*chain)->next;
	*chain = b;
}

struct mir_buf *
mir_buf_clone(const struct mir_buf *b, size_t offset, size_t len)
{
	struct mir_buf *head = NULL, **tail = &head;
	size_t n;

	for (; b && offset >= b->len; b = b->next)
		offset -= b->len;
	do {
		if (!b)
			break;
		n = b->len - offset < len ? b->len - offset : len;
		*tail = mir_buf_view(b->mem, b->data + offset, n);
		if (!*tail) {
			mir_buf_free(head);
			return NULL;
		}
		tail = &(*tail)->next;
		len -= n;
		offset = 0;
		b = b->next;
	} while (len);
	return head;
}

size_t
mir_buf_copy_out(const struct mir_buf *b, size_t offset, void *to, size_t len)
{
	size_t done = 0, n;

	for (; b && offset >= b->len; b = b->next)
		offset -= b->len;
	for (; b && done < len; b = b->next) {
		n = b->len - offset < len - done ? b->len - offset : len - done;
		memcpy((uint8_t *)to + done, b->data + offset, n);
		done += n;
		offset = 0;
	}
	mir_buf_stats.copied_bytes += done;
	return done;
}

struct mir_buf *
mir_buf_copy_in(const void *data, size_t len)
{
	struct mir_buf *head = NULL, **tail = &head;
	const uint8_t *from = data;
	size_t n, room, max;

	do {
		room = head ? 0 : MIR_BUF_HEADROOM;
		max = MIR_PAGE_SIZE - room;
		n = len < max ? len : max;
		*tail = mir_buf_alloc(room, n);
		if (!*tail) {
			mir_buf_free(head);
			return NULL;
		}
		memcpy((*tail)->data, from, n);
		mir_buf_stats.copied_bytes += n;
		tail = &(*tail)->next;
		from += n;
		len -= n;
	} while (len);
	return head;
}

struct mir_buf *
mir_buf_copy(const struct mir_buf *b)
{
	struct mir_buf *head = NULL, **tail = &head;
	size_t len = mir_buf_len(b), at = 0, n, room = MIR_BUF_HEADROOM;

	do {
		n = len - at < MIR_PAGE_SIZE - room ? len - at : MIR_PAGE_SIZE - room;
		*tail = mir_buf_alloc(room, n);
		if (!*tail) {
			mir_buf_free(head);
			return NULL;
		}
		at += mir_buf_copy_out(b, at, (*tail)->data, n);
		tail = &(*tail)->next;
		room = 0;
	} while (at < len);
	head->flags = b->flags;
	head->gso_size = b->gso_size;
	return head;
}

void
mir_buf_trim_to(struct mir_buf *b, size_t len)
{
	for (; b->len < len; b = b->next) {
		len -= b->len;
		if (!b->next)
			return;
	}
	b->len = (uint32_t)len;
	mir_buf_free(b->next);
	b->next = NULL;
}

struct mir_buf *
mir_buf_pullup(struct mir_buf *b, size_t len)
{
	struct mir_buf *head, *rest;

	if (b->len >= len)
		return b;
	if (len > MIR_PAGE_SIZE - MIR_BUF_HEADROOM || mir_buf_len(b) < len)
		return NULL;
	head = mir_buf_alloc(MIR_BUF_HEADROOM, len);
	if (!head)
		return NULL;
	mir_buf_copy_out(b, 0, head->data, len);
	head->flags = b->flags;
	head->gso_size = b->gso_size;
	rest = mir_buf_trim_front(b, len);
	head->next = rest;
	return head;
}
