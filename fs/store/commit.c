/* SPDX-License-Identifier: ISC */
/* Commits and tags: lines of "key value", an empty line, a message. */
#include <string.h>
#include "fs/store/object.h"
#include "mir/err.h"
#include "mir/format.h"

struct lines {				/* What is left to read. */
	const char *at;
	size_t len;
};

/* The value of the line that must come next, which begins with 'key' and a space. */
static bool
take(struct lines *l, const char *key, struct text *value)
{
	size_t key_len = strlen(key), len;
	const char *end = memchr(l->at, '\n', l->len);

	if (!end || (size_t)(end - l->at) < key_len + 1 || memcmp(l->at, key, key_len) != 0
	    || l->at[key_len] != ' ')
		return false;
	len = (size_t)(end - l->at);
	*value = (struct text){ l->at + key_len + 1, len - key_len - 1 };
	l->at += len + 1;
	l->len -= len + 1;
	return true;
}

static bool
take_id(struct lines *l, const char *key, struct mir_oid *id)
{
	struct text value;

	return take(l, key, &value) && value.len == OID_HEX && oid_from_hex(value.at, id);
}

/* Behind all other lines (signatures, encodings) and the empty one. */
static struct text
message_of(const struct lines *l)
{
	const char *at = l->at, *end = l->at + l->len, *line;

	while (at < end && *at != '\n') {
		line = memchr(at, '\n', (size_t)(end - at));
		at = line ? line + 1 : end;
	}
	at += at < end;
	return (struct text){ at, (size_t)(end - at) };
}

/* "Name <mail> 1700000000 +0100": cuts the time off and reads it. */
static uint64_t
split_time(struct text *who)
{
	const char *end = who->at + who->len;
	uint64_t time = 0;
	size_t i = who->len;

	while (i && who->at[i - 1] != '>')
		i--;
	if (!i)
		return 0;
	who->len = i;
	for (const char *p = who->at + i + 1; p < end && *p >= '0' && *p <= '9'; p++) {
		if (time > UINT64_MAX / 100)
			return 0;
		time = time * 10 + (uint64_t)(*p - '0');
	}
	return time;
}

int
commit_parse(const void *data, size_t size, struct commit *out)
{
	struct lines l = { data, size };
	struct text committer;

	*out = (struct commit){ .time = 0 };
	if (!take_id(&l, "tree", &out->tree))
		return MIR_EPROTO;
	while (l.len > 7 && memcmp(l.at, "parent ", 7) == 0) {
		if (out->parent_count == MIR_STORE_PARENTS
		    || !take_id(&l, "parent", &out->parents[out->parent_count]))
			return MIR_EPROTO;
		out->parent_count++;
	}
	if (!take(&l, "author", &out->author) || !take(&l, "committer", &committer))
		return MIR_EPROTO;
	split_time(&out->author);
	out->time = split_time(&committer);
	out->message = message_of(&l);
	return MIR_OK;
}

struct builder {
	char *to;
	size_t room, len;		/* 'len' grows on when there is no room. */
};

static void
add(struct builder *b, const char *text, size_t len)
{
	size_t left = b->room > b->len ? b->room - b->len : 0;

	if (left)
		memcpy(b->to + b->len, text, len < left ? len : left);
	b->len += len;
}

static void
add_text(struct builder *b, const char *text)
{
	add(b, text, strlen(text));
}

static void
add_id(struct builder *b, const char *key, const struct mir_oid *id)
{
	char hex[OID_HEX + 1];

	oid_to_hex(id, hex);
	add_text(b, key);
	add(b, hex, OID_HEX);
	add_text(b, "\n");
}

static void
add_who(struct builder *b, const char *key, struct text who, uint64_t time)
{
	char when[40];

	add_text(b, key);
	add(b, who.at, who.len);
	mir_snprintf(when, sizeof when, " %llu +0000\n", (unsigned long long)time);
	add_text(b, when);
}

static void
add_message(struct builder *b, struct text message)
{
	add_text(b, "\n");
	add(b, message.at, message.len);
	if (message.len && message.at[message.len - 1] != '\n')
		add_text(b, "\n");
}

size_t
commit_build(char *to, size_t room, const struct commit *c, struct text committer)
{
	struct builder b = { to, room, 0 };

	add_id(&b, "tree ", &c->tree);
	for (unsigned i = 0; i < c->parent_count; i++)
		add_id(&b, "parent ", &c->parents[i]);
	add_who(&b, "author ", c->author, c->time);
	add_who(&b, "committer ", committer, c->time);
	add_message(&b, c->message);
	return b.len;
}

int
tag_parse(const void *data, size_t size, struct tag *out)
{
	static const struct { const char *name; enum mir_object_kind kind; } kinds[] = {
		{ "commit", MIR_OBJECT_COMMIT }, { "tree", MIR_OBJECT_TREE },
		{ "blob", MIR_OBJECT_BLOB }, { "tag", MIR_OBJECT_TAG },
	};
	struct lines l = { data, size };
	struct text type;

	if (!take_id(&l, "object", &out->object) || !take(&l, "type", &type))
		return MIR_EPROTO;
	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		out->kind = kinds[i].kind;
		if (strlen(kinds[i].name) == type.len
		    && memcmp(kinds[i].name, type.at, type.len) == 0)
			return MIR_OK;
	}
	return MIR_EPROTO;
}

size_t
tag_build(char *to, size_t room, const struct mir_oid *commit, const char *name,
	  struct text tagger, uint64_t time, struct text message)
{
	struct builder b = { to, room, 0 };

	add_id(&b, "object ", commit);
	add_text(&b, "type commit\ntag ");
	add_text(&b, name);
	add_text(&b, "\n");
	add_who(&b, "tagger ", tagger, time);
	add_message(&b, message);
	return b.len;
}

/* No control characters, one pair of brackets at the end, a space before it (git fsck). */
bool
identity_is_valid(const char *who)
{
	const char *open = strchr(who, '<'), *close = strchr(who, '>');

	for (const char *p = who; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return open && close && open - who >= 2 && open[-1] == ' ' && who[0] != ' '
	       && close > open + 1 && !close[1] && !strchr(open + 1, '<');
}
