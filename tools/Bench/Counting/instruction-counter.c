/* A plugin for QEMU's user-mode emulator: counts the ARM64 instructions a thread runs between two marks.
 *
 * A mark is the system call getpriority(MARK, n): harmless, refused by the kernel, and made by no one else. At each mark the counts of the calling
 * thread so far are appended to the file given as out=FILE, as one line: n total vector umulh memory.
 *
 * The declarations below are the few of the plugin interface that are used, since Debian ships no header for it; they are the same in all its
 * versions, of which API_VERSION names the one the installed QEMU speaks (1 up to QEMU 8, 2 from QEMU 9 on). */
#include <stdint.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int flags, void *data);
void qemu_plugin_register_vcpu_syscall_cb(plugin_id, void (*)(plugin_id, unsigned, int64_t,
    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *);

#ifndef API_VERSION
#define API_VERSION 1
#endif
__attribute__((visibility("default"))) int qemu_plugin_version = API_VERSION;

enum { NO_REGISTERS = 0, MAX_THREADS = 512, GETPRIORITY = 141, MARK = 0x5A17 };

/* One translated block holds what its instructions add. Threads beyond the table are not counted; the one that marks is the first. */
struct counts { uint64_t total, vector, umulh, memory; };
static struct counts threads[MAX_THREADS];
static FILE *out;

static void block_runs(unsigned thread, void *data)
{
    const struct counts *add = data;
    if (thread < MAX_THREADS) {
        struct counts *sum = &threads[thread];
        sum->total += add->total;
        sum->vector += add->vector;
        sum->umulh += add->umulh;
        sum->memory += add->memory;
    }
}

static void block_is_translated(plugin_id id, struct qemu_plugin_tb *block)
{
    /* Never freed: a block's code may run at any time until the program ends. */
    struct counts *add = calloc(1, sizeof *add);
    add->total = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < add->total; i++) {
        uint32_t code;
        memcpy(&code, qemu_plugin_insn_haddr(qemu_plugin_tb_get_insn(block, i)), sizeof code);
        /* Main encoding groups of the architecture, bits 28 to 25: x111 is vector and floating point, x1x0 is loads and stores. */
        add->vector += (code >> 25 & 7) == 7;
        add->memory += (code >> 25 & 5) == 4;
        add->umulh += (code & 0xFFE0FC00) == 0x9BC07C00;
    }
    qemu_plugin_register_vcpu_tb_exec_cb(block, block_runs, NO_REGISTERS, add);
}

static void system_call(plugin_id id, unsigned thread, int64_t number, uint64_t a1, uint64_t a2,
    uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
    if (number == GETPRIORITY && a1 == MARK && thread < MAX_THREADS) {
        const struct counts *c = &threads[thread];
        fprintf(out, "%llu %llu %llu %llu %llu\n", (unsigned long long)a2, (unsigned long long)c->total,
            (unsigned long long)c->vector, (unsigned long long)c->umulh, (unsigned long long)c->memory);
        fflush(out);
    }
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    if (argc < 1 || strncmp(argv[0], "out=", 4) != 0 || !(out = fopen(argv[0] + 4, "w"))) {
        fprintf(stderr, "instruction-counter: needs out=FILE\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_is_translated);
    qemu_plugin_register_vcpu_syscall_cb(id, system_call);
    return 0;
}
