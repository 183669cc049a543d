/* SPDX-License-Identifier: ISC */
/* What a backend may answer in the control ring. */
#include "drivers/netfront/ctrl_check.h"
#include "mir/err.h"
#include "test/unit/harness.h"

static const struct { const char *why; struct xen_netif_ctrl_response r; int want; } cases[] = {
	{ "done", { 7, 3, XEN_NETIF_CTRL_STATUS_SUCCESS, 99 }, MIR_OK },
	{ "not supported", { 7, 3, XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED, 0 }, MIR_ENOSYS },
	{ "invalid", { 7, 3, XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER, 0 }, MIR_EINVAL },
	{ "too much", { 7, 3, XEN_NETIF_CTRL_STATUS_BUFFER_OVERFLOW, 0 }, MIR_EINVAL },
	{ "a status that does not exist", { 7, 3, 4, 0 }, MIR_EPROTO },
	{ "to another request", { 8, 3, 0, 0 }, MIR_EPROTO },
	{ "of another type", { 7, 4, 0, 0 }, MIR_EPROTO },
};

TEST(ctrl_response_check)
{
	uint32_t data = 0;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_MSG(ctrl_response_check(&cases[i].r, 7, 3, &data) == cases[i].want, "%s",
			  cases[i].why);
	CHECK_EQ(ctrl_response_check(&cases[0].r, 7, 3, &data), MIR_OK);
	CHECK_EQ(data, 99);
}
