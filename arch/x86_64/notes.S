/* SPDX-License-Identifier: ISC */
/* Xen's ELF notes: how the domain builder enters the image, as PV and as PVH.
 * Types: xen/include/public/elfnote.h. */
#include <xen/elfnote.h>

	.macro note_text type, text
	.section .note.Xen, "a", @note
	.balign 4
	.long 4, 2f - 1f, \type
	.asciz "Xen"
1:	.asciz "\text"
2:	.balign 4
	.endm

	.macro note_quad type, value
	.section .note.Xen, "a", @note
	.balign 4
	.long 4, 8, \type
	.asciz "Xen"
	.quad \value
	.endm

	note_text XEN_ELFNOTE_GUEST_OS, "Mir"
	note_text XEN_ELFNOTE_GUEST_VERSION, "1"
	note_text XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
	note_text XEN_ELFNOTE_LOADER, "generic"
	note_text XEN_ELFNOTE_PAE_MODE, "yes"
	note_text XEN_ELFNOTE_FEATURES, "!writable_page_tables|pae_pgdir_above_4gb"
	note_quad XEN_ELFNOTE_VIRT_BASE, 0
	note_quad XEN_ELFNOTE_PADDR_OFFSET, 0
	note_quad XEN_ELFNOTE_ENTRY, mir_pv_entry
	note_quad XEN_ELFNOTE_HYPERCALL_PAGE, mir_hypercall_page
	note_quad XEN_ELFNOTE_PHYS32_ENTRY, mir_pvh_entry

	/* Xen fills it: nothing of it is in the file.  The linker script aligns it. */
	.section .hypercall_page, "ax", @nobits
	.global mir_hypercall_page
mir_hypercall_page:
	.skip 4096

	.section .note.GNU-stack, "", @progbits
