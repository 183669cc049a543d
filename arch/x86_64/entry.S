/* SPDX-License-Identifier: ISC */
/* The first instructions: 32-bit PVH entry into long mode, and 64-bit PV entry.
 *
 * PVH (Xen docs/misc/pvh, QEMU's PVH loader): protected mode, paging off, %ebx = physical
 * address of struct hvm_start_info.  The tables below map the first GiB with 2 MiB pages; the
 * C code then gives each page its protection.  PV (xen/include/public/xen.h): long mode in
 * ring 3 on Xen's tables, %rsi = struct start_info. */
#define CR0_PE		0x1
#define CR0_MP		0x2
#define CR0_NE		0x20
#define CR0_WP		0x10000
#define CR0_PG		0x80000000
#define CR4_PAE		0x20
#define CR4_OSFXSR	0x200
#define CR4_OSXMMEXCPT	0x400
#define MSR_EFER	0xc0000080
#define EFER_LME_NXE	0x900
#define PTE_P_RW	0x3
#define PTE_PS		0x80

	.section .text.entry, "ax"
	.code32
	.global mir_pvh_entry
mir_pvh_entry:
	cld
	cli
	movl %ebx, %esi
	movl $arch_pml4, %edi
	movl $(arch_pdpt + PTE_P_RW), (%edi)
	movl $(arch_pd0 + PTE_P_RW), arch_pdpt
	xorl %ecx, %ecx
1:	movl %ecx, %eax
	shll $21, %eax
	orl $(PTE_P_RW | PTE_PS), %eax
	movl %eax, arch_pd0(, %ecx, 8)
	incl %ecx
	cmpl $512, %ecx
	jne 1b

	movl $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl %eax, %cr4
	movl %edi, %cr3
	movl $MSR_EFER, %ecx
	rdmsr
	orl $EFER_LME_NXE, %eax
	wrmsr
	movl $(CR0_PE | CR0_MP | CR0_NE | CR0_WP | CR0_PG), %eax
	movl %eax, %cr0
	lgdt boot_gdt_ptr
	ljmp $8, $1f

	.code64
1:	movl $16, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movl $arch_boot_stack_top, %esp
	xorl %ebp, %ebp
	movl %esi, %ebx
	call arch_unpack
	lgdt arch_gdt_ptr
	call arch_canary_init
	movl %ebx, %edi
	call arch_pvh_start
	ud2

	.global mir_pv_entry
mir_pv_entry:
	cld
	movl $arch_boot_stack_top, %esp
	xorl %ebp, %ebp
	movq %rsi, %rbx
	movb $1, arch_is_pv
	call arch_unpack
	call arch_canary_init
	movq %rbx, %rdi
	call arch_pv_start
	ud2

	/* Until the image is unpacked, and arch_gdt there. */
	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff
	.quad 0x00cf93000000ffff
boot_gdt_ptr:
	.word . - boot_gdt - 1
	.long boot_gdt

	.data
	.balign 16
	.global arch_gdt
arch_gdt:
	.quad 0
	.quad 0x00af9b000000ffff	/* 0x08: 64-bit code */
	.quad 0x00cf93000000ffff	/* 0x10: data */
	.quad 0, 0			/* 0x18: TSS, filled in by traps_pvh.c */
arch_gdt_ptr:
	.word . - arch_gdt - 1
	.long arch_gdt
	.long 0

	.section .bss_pages, "aw", @nobits
	.balign 4096
	.global arch_pml4, arch_pdpt, arch_pd0, arch_boot_stack, arch_boot_stack_top
arch_pml4:	.skip 4096
arch_pdpt:	.skip 4096
arch_pd0:	.skip 4096
arch_boot_stack:
	.skip 4096			/* The guard page. */
	.skip 8192
arch_boot_stack_top:

	.section .note.GNU-stack, "", @progbits
