/* SPDX-License-Identifier: ISC */
/* The frontend's next step for every state of the backend, senseless ones included. */
#include "test/unit/harness.h"
#include "xen/xenbus.h"

static const struct {
	const char *why;
	enum xenbus_state front, back;
	bool up;
	enum xenbus_step want;
} cases[] = {
	{ "backend not there yet", XenbusStateInitialising, XenbusStateUnknown, false,
	  XENBUS_WAIT },
	{ "backend starts", XenbusStateInitialising, XenbusStateInitialising, false,
	  XENBUS_WAIT },
	{ "backend waits for us", XenbusStateInitialising, XenbusStateInitWait, false,
	  XENBUS_CONNECT },
	{ "backend of an earlier life", XenbusStateInitialising, XenbusStateConnected, false,
	  XENBUS_WAIT },
	{ "backend closes before we begin", XenbusStateInitialising, XenbusStateClosing, false,
	  XENBUS_WAIT },
	{ "backend has not looked", XenbusStateConnected, XenbusStateInitWait, false,
	  XENBUS_WAIT },
	{ "backend connected", XenbusStateConnected, XenbusStateConnected, false, XENBUS_UP },
	{ "all is well", XenbusStateConnected, XenbusStateConnected, true, XENBUS_WAIT },
	{ "backend closes", XenbusStateConnected, XenbusStateClosing, true, XENBUS_CLOSE },
	{ "backend closed", XenbusStateConnected, XenbusStateClosed, true, XENBUS_CLOSE },
	{ "backend vanished", XenbusStateConnected, XenbusStateUnknown, true, XENBUS_CLOSE },
	{ "backend restarted unseen", XenbusStateConnected, XenbusStateInitWait, true,
	  XENBUS_RESTART },
	{ "backend reconfigures", XenbusStateConnected, XenbusStateReconfiguring, true,
	  XENBUS_WAIT },
	{ "a state that does not exist", XenbusStateConnected, 77, true, XENBUS_CLOSE },
	{ "closed, backend closed", XenbusStateClosed, XenbusStateClosed, false, XENBUS_WAIT },
	{ "closed, backend still connected", XenbusStateClosed, XenbusStateConnected, false,
	  XENBUS_WAIT },
	{ "closed, backend is back", XenbusStateClosed, XenbusStateInitWait, false,
	  XENBUS_RESTART },
	{ "closed, backend comes back", XenbusStateClosed, XenbusStateInitialising, false,
	  XENBUS_RESTART },
	{ "closed, backend gone", XenbusStateClosed, XenbusStateUnknown, false, XENBUS_WAIT },
};

TEST(backend_that_is_to_stay_is_asked_to_open_again)
{
	CHECK_EQ(xenbus_next_step(XenbusStateClosed, XenbusStateClosed, false, true),
		 XENBUS_REOPEN);
	CHECK_EQ(xenbus_next_step(XenbusStateClosed, XenbusStateClosing, false, true),
		 XENBUS_WAIT);
	CHECK_EQ(xenbus_next_step(XenbusStateInitialising, XenbusStateClosed, false, true),
		 XENBUS_WAIT);
	CHECK_EQ(xenbus_next_step(XenbusStateConnected, XenbusStateClosed, true, true),
		 XENBUS_CLOSE);
}

TEST(next_step)
{
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_MSG(xenbus_next_step(cases[i].front, cases[i].back, cases[i].up,
					   false) == cases[i].want, "%s", cases[i].why);
}
