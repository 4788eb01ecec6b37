# U-Boot script: chooses the slot and starts its kernel. Works for virtio and mmc alike: devtype and devnum come from whoever loaded it.
# Slot state: two copies of one 4 KiB environment block (CRC32, then name=value), at 3 MiB and 3 MiB + 64 KiB. A slot has LEFT tries; each start takes
# one, a good start gives them back (skyminer-boot-good.service). Nothing left anywhere: all counters start again, so that a board never stops trying.
if test -z "${devtype}"; then setenv devtype mmc; fi
if test -z "${devnum}"; then setenv devnum 0; fi
# The boards' own addresses leave 40 MB for a kernel, and ours is larger: the initramfs goes 128 MiB behind its start, which every board with 512 MB has.
setexpr ramdisk_addr_r ${kernel_addr_r} + 0x8000000
setenv state_a 0x1800
setenv state_b 0x1880
setenv state_addr ${ramdisk_addr_r}
setenv BOOT_ORDER
setenv BOOT_A_LEFT
setenv BOOT_B_LEFT
setenv state_from none
if ${devtype} dev ${devnum}; then true; fi
if ${devtype} read ${state_addr} ${state_a} 8; then
  if env import -c ${state_addr} 0x1000 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT; then setenv state_from first; fi
fi
if test "${state_from}" = none; then
  if ${devtype} read ${state_addr} ${state_b} 8; then
    if env import -c ${state_addr} 0x1000 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT; then setenv state_from second; fi
  fi
fi
if test -z "${BOOT_ORDER}"; then setenv BOOT_ORDER "A B"; fi
if test -z "${BOOT_A_LEFT}"; then setenv BOOT_A_LEFT 3; fi
if test -z "${BOOT_B_LEFT}"; then setenv BOOT_B_LEFT 3; fi
echo "skyminer: slot state from ${state_from} copy: order ${BOOT_ORDER}, A ${BOOT_A_LEFT}, B ${BOOT_B_LEFT}"

setenv slot
for candidate in ${BOOT_ORDER}; do
  if test -z "${slot}"; then
    if test "${candidate}" = A; then
      if test ${BOOT_A_LEFT} -gt 0; then setenv slot A; setenv slot_part 2; setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1; fi
    fi
    if test "${candidate}" = B; then
      if test ${BOOT_B_LEFT} -gt 0; then setenv slot B; setenv slot_part 3; setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1; fi
    fi
  fi
done
if test -z "${slot}"; then
  echo "skyminer: no slot has tries left; all counters start again"
  setenv BOOT_A_LEFT 3
  setenv BOOT_B_LEFT 3
fi
env export -c -s 0x1000 ${state_addr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
${devtype} write ${state_addr} ${state_a} 8
${devtype} write ${state_addr} ${state_b} 8
if test -z "${slot}"; then reset; fi

# Options for the kernel from a person with the card in a reader: one line "extra_args=..." in boot-extra.txt. Bounded: U-Boot hangs on lines of about 700.
setenv extra_args
if test -e ${devtype} ${devnum}:1 boot-extra.txt; then
  if load ${devtype} ${devnum}:1 ${state_addr} boot-extra.txt; then
    setexpr too_long ${filesize} / 0x181
    if test "${too_long}" = 0; then env import -t ${state_addr} ${filesize} extra_args; else echo "skyminer: boot-extra.txt is longer than 384 bytes and left out"; fi
  fi
fi

part uuid ${devtype} ${devnum}:${slot_part} slot_uuid
# Not rootwait: waiting for the disk is the initramfs' business. A kernel that has none that it can read would wait for ever; so it panics, which costs a try.
setenv bootargs "root=PARTUUID=${slot_uuid} ro panic=5 rauc.slot=${slot} loglevel=4 ${extra_args}"
echo "skyminer: starting slot ${slot} (${slot_uuid})"
# Device tree: what the firmware handed over (Raspberry Pi, QEMU: it holds this board's memory, MAC and serial number), else the slot's own.
setenv dtb_addr ${fdtcontroladdr}
if test -n "${fdt_addr}"; then
  setenv dtb_addr ${fdt_addr}
elif test -n "${fdtfile}"; then
  if load ${devtype} ${devnum}:${slot_part} ${fdt_addr_r} /boot/dtb/${fdtfile}; then setenv dtb_addr ${fdt_addr_r}; fi
fi
if load ${devtype} ${devnum}:${slot_part} ${kernel_addr_r} /boot/Image; then
  if load ${devtype} ${devnum}:${slot_part} ${ramdisk_addr_r} /boot/initrd.img; then
    booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${dtb_addr}
  fi
fi
echo "skyminer: slot ${slot} does not start; the next try or the other slot follows"
sleep 2
reset
