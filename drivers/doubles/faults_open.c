/* SPDX-License-Identifier: ISC */
/* The image's spoiled network devices, by the key netfault=. */
#include "drivers/doubles/faults.h"
#include "drivers/doubles/words.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"

#define DEVICES 4

static struct chosen {
	uint64_t loss, ackloss, dup, corrupt, reorder, trail;	/* Per mille. */
	uint64_t delay, jitter, stallfor;			/* Milliseconds. */
	uint64_t rate;						/* KB a second. */
	uint64_t queue, mtu, stall;				/* Bytes. */
	uint64_t seed;
} chosen;

#define WORD(name, max)	{ #name, offsetof(struct chosen, name), max }

static const struct double_word words[] = {
	WORD(loss, 1000), WORD(ackloss, 1000), WORD(dup, 1000), WORD(corrupt, 1000),
	WORD(reorder, 1000), WORD(trail, 1000), WORD(delay, 3600000), WORD(jitter, 3600000),
	WORD(stallfor, 3600000), WORD(rate, 1000000000), WORD(queue, UINT32_MAX),
	WORD(mtu, 65535), WORD(stall, UINT64_MAX), WORD(seed, UINT64_MAX), { NULL, 0, 0 },
};

static struct double_key key = { words, &chosen, false };
MIR_PARAM(netfault, double_key_parse, &key, "WORD:N,...",
	  "bad link: loss dup corrupt reorder trail ackloss (per mille), delay jitter stallfor (ms), "
	  "rate (KB/s), queue mtu stall (bytes), seed");

static struct double_faults_settings
settings_of(const struct chosen *c)
{
	return (struct double_faults_settings){
		.seed = c->seed,
		.link = {
			.loss = (uint16_t)c->loss, .ack_loss = (uint16_t)c->ackloss,
			.duplicate = (uint16_t)c->dup, .corrupt = (uint16_t)c->corrupt,
			.reorder = (uint16_t)c->reorder, .trailing = (uint16_t)c->trail,
			.delay = MIR_MS(c->delay), .jitter = MIR_MS(c->jitter),
			.rate = c->rate * 1000, .queue = (uint32_t)c->queue,
			.mtu = (uint32_t)c->mtu, .stall_after = c->stall,
			.stall_for = MIR_MS(c->stallfor) } };
}

int
double_faults_open(struct mir_netif *under, struct mir_netif **out)
{
	static struct double_faults devices[DEVICES];
	static unsigned used;
	struct double_faults_settings s;
	int err = double_key_settle(&key, "netfault", CONFIG_DOUBLE_NETIF_FAULTS_WORDS);

	if (err)
		return err;
	if (used == DEVICES)
		return MIR_ENOMEM;
	s = settings_of(&chosen);
	*out = double_faults_make(&devices[used++], &s, under);
	mir_warn("double", "vif %u is behind a test double: the key netfault",
		 under->device.index);
	return MIR_OK;
}
