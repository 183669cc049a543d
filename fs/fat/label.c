/* SPDX-License-Identifier: ISC */
/* The volume's label: an entry of the root, and a copy in the boot sectors. */
#include <string.h>
#include "fs/fat/cache.h"
#include "fs/fat/names.h"
#include "fs/fat/dir.h"
#include "fs/fat/ops.h"
#include "mir/err.h"

/* The slot of the root that has it.  1 or 0. */
static int
find(struct fat *v, struct fat_dir *d, uint8_t *raw, uint64_t *at)
{
	int n;

	for (uint32_t slot = 0; (n = fat_dir_at(v, d, slot, at)) == 1; slot++) {
		n = fat_cache_read(v, *at, raw, FAT_SLOT);
		if (n || raw[0] == 0)
			return n;
		if (raw[0] != FAT_DELETED && (raw[11] & 0x3f) != FAT_LONG
		    && (raw[11] & (FAT_VOLUME | FAT_FOLDER)) == FAT_VOLUME)
			return 1;
	}
	return n;
}

static void
show(const uint8_t *name, char *out)
{
	unsigned len = FAT_LABEL;
	uint16_t units[FAT_LABEL];

	while (len && name[len - 1] == ' ')
		len--;
	for (unsigned i = 0; i < len; i++)
		units[i] = name[i] < 0x80 ? name[i] : fat_codepage[name[i] - 0x80];
	if (!fat_name_print(units, len, out))
		*out = '\0';
}

int
fat_label(struct fat *v, char *out)
{
	uint8_t raw[FAT_SLOT];
	struct fat_dir d;
	uint64_t at;
	int n;

	fat_dir_open(v, &d, fat_root(v));
	n = find(v, &d, raw, &at);
	if (n < 0)
		return n;
	if (n == 1)
		show(raw, out);
	else if (memcmp(v->geo.label, "NO NAME    ", FAT_LABEL) != 0)
		show(v->geo.label, out);
	else
		*out = '\0';
	return MIR_OK;
}

/* Capitals, figures and signs as of a short name, and spaces. */
bool
fat_label_parse(const char *s, uint8_t out[FAT_LABEL])
{
	size_t len = strlen(s);

	memset(out, ' ', FAT_LABEL);
	if (len > FAT_LABEL || *s == ' ')
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)s[i];

		if (c < ' ' || c >= 0x7f || strchr("\"*+,./:;<=>?[\\]|", c))
			return false;
		out[i] = c >= 'a' && c <= 'z' ? c - 32 : c;
	}
	return true;
}

static int
write_entry(struct fat *v, const uint8_t *name)
{
	struct fat_slot s = { .attributes = FAT_VOLUME, .mtime = fat_time_put(fat_now(v)) };
	uint8_t raw[FAT_SLOT];
	bool none = name[0] == ' ';
	struct fat_dir d;
	uint32_t slot;
	uint64_t at;
	int n;

	fat_dir_open(v, &d, fat_root(v));
	n = find(v, &d, raw, &at);
	if (n == 0 && none)
		return MIR_OK;
	if (n == 0) {
		n = fat_dir_room(v, &d, 1, &slot);
		if (!n)
			n = fat_dir_at(v, &d, slot, &at);
	}
	if (n < 0)
		return n;
	memcpy(s.name, name, FAT_LABEL);
	fat_slot_build(raw, v->geo.kind, &s);
	if (none)
		raw[0] = FAT_DELETED;
	return fat_cache_write(v, at, raw, FAT_SLOT, FAT_NAME);
}

int
fat_set_label(struct fat *v, const char *label)
{
	uint64_t at = v->geo.kind == FAT32 ? BOOT_LABEL_32 : BOOT_LABEL_16;
	uint8_t name[FAT_LABEL];
	int err;

	if (!fat_label_parse(label, name))
		return MIR_EINVAL;
	err = write_entry(v, name);
	if (err)
		return err;
	if (name[0] == ' ')
		memcpy(name, "NO NAME    ", FAT_LABEL);
	memcpy(v->geo.label, name, FAT_LABEL);
	err = fat_cache_write(v, at, name, FAT_LABEL, FAT_ANY);
	if (!err && v->geo.backup_at)
		err = fat_cache_write(v, v->geo.backup_at + at, name, FAT_LABEL, FAT_ANY);
	return err;
}
