# SPDX-License-Identifier: ISC
# Mir: entry points.  "make help" lists them; scripts/mk/ has the rules.
#
# Each folder of code has a Makefile fragment that names its objects, paths relative to it:
#	obj-$(CONFIG_NETFRONT) += netfront.o rx_check.o
# where it has options a Kconfig fragment, sourced from the top Kconfig; and, where it implements
# an interface, a file named parts, which scripts/compose reads.

folders := kernel lib lib/newlib xen pc unix
folders += $(wildcard arch/* drivers/* net/* fs/* app/*) test/boot
folders := $(sort $(patsubst %/Makefile,%,$(wildcard $(addsuffix /Makefile,$(folders)))))

# The command line may set: O, the folder for .config and all output; APP_DIR, an application
# outside this tree; CC; V=1 to see commands; XL_KERNEL, the kernel path written into the .xl.
O := build
CC := gcc
V :=
APP_DIR :=

MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
Q := $(if $(V),,@)
say = $(if $(V),:,printf '  %-8s %s\n')
out := $(abspath $(O))

goals := $(or $(MAKECMDGOALS),all)

include scripts/mk/setup.mk
include scripts/mk/config.mk
ifeq ($(goals-build),y)
include scripts/mk/flags.mk
include scripts/mk/objects.mk
include scripts/mk/image.mk
endif
include scripts/mk/check.mk
include scripts/mk/run.mk
