/* SPDX-License-Identifier: ISC */
/* The way back: what somebody else committed changes the live table, if it makes sense. */
#include "mir/err.h"
#include "mir/log.h"
#include "net/arphistory/impl.h"

#define VALUE_MAX 256u			/* Bytes of a value that is looked at. */

struct apply {
	struct history *h;
	struct mir_store_view to;
	const char *but;
};

/* MIR_EINVAL: refused. */
static int
take_value(struct apply *a, const char *path, uint32_t ip)
{
	struct history *h = a->h;
	struct mir_store_value v;
	uint8_t mac[ETHER_ADDR];
	int err = mir_store_stat(&a->to, path, &v);

	if (!err && (v.mode != MIR_STORE_VALUE || v.size > VALUE_MAX))
		err = MIR_EINVAL;
	if (!err)
		err = mir_store_get(&a->to, path, &v);
	if (err)
		return err;
	err = entry_parse(v.data, v.size, mac);
	mir_store_value_free(&v);
	if (!err && !h->on_link(h->ctx, ip))
		err = MIR_EINVAL;
	return err ? err : arp_set(h->arp, mir_now(), ip, mac);
}

static int
apply_one(void *ctx, const struct mir_store_delta *d)
{
	struct apply *a = ctx;
	struct history *h = a->h;
	uint32_t ip;
	size_t len = strlen(h->folder);
	int err;

	if (strncmp(d->path, h->folder, len) != 0 || d->path[len] != '/')
		return MIR_OK;		/* Another table's, or a note of somebody. */
	if (a->but && strcmp(d->path, a->but) == 0)
		return MIR_OK;
	err = entry_parse_path(d->path, h->folder, &ip);
	if (!err && d->new_mode)
		err = take_value(a, d->path, ip);
	else if (!err)
		arp_forget(h->arp, ip);
	history_stats.applied += !err;
	history_stats.refused += err != MIR_OK;
	if (err)
		mir_warn("arphistory", "%s is not taken into the table: %s", d->path,
			 mir_err_name(err));
	return MIR_OK;			/* The others may make sense. */
}

int
history_apply(struct history *h, const struct mir_oid *from, const struct mir_oid *to,
	      const char *but)
{
	struct apply a = { .h = h, .but = but };
	bool gone = mir_oid_is_zero(to);
	int err = gone ? MIR_OK : mir_store_view_commit(h->store, to, &a.to);

	if (err)
		return err;
	err = mir_store_diff(h->store, mir_oid_is_zero(from) ? NULL : from, gone ? NULL : to,
			     apply_one, &a);
	if (err == MIR_ENOENT)		/* What was before is no longer known. */
		err = mir_store_diff(h->store, NULL, gone ? NULL : to, apply_one, &a);
	if (!gone)
		mir_store_view_close(&a.to);
	h->touched(h->ctx);
	return err;
}
