/* SPDX-License-Identifier: ISC */
/* The hypercall page of a guest that is a host process: each of its 64 entries goes to
 * fake_hypercall(a, b, c, d, e, nr), in hypervisor.c.  Xen keeps all registers but rax, rcx, r11
 * and those of the arguments, so what a C function may spoil is put aside. */
	.text
	.globl	mir_hypercall_page
	.balign	4096
mir_hypercall_page:
	.set	nr, 0
	.rept	64
	.balign	32
	movl	$nr, %eax
	jmp	enter
	.set	nr, nr + 1
	.endr

enter:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%r9
	subq	$520, %rsp
	andq	$-16, %rsp
	fxsave64	(%rsp)
	movq	%r10, %rcx
	movl	%eax, %r9d
	call	fake_hypercall
	fxrstor64	(%rsp)
	movq	-8(%rbp), %r9
	leave
	ret

	.section .note.GNU-stack, "", @progbits
