//! What std would bring. Without it the component imports nothing but what it uses: std asks every host for files,
//! arguments and standard streams.

use alloc::alloc::{Layout, alloc, realloc};

// `memcpy` and its kin: the compiler takes them for granted.
#[link(name = "c")]
unsafe extern "C" {}

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// No message: it would need an import to go to. A panic is a bug, and the host reports a trap.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// How a host gets memory for the strings and lists it passes in (component model, canonical ABI).
///
/// # Safety
///
/// Called by the host only, as the canonical ABI says: `align` is a power of two, and `old` is either null with `old_size` 0, or
/// what an earlier call answered for that size and alignment.
#[unsafe(export_name = "cabi_realloc")]
unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    if size == 0 {
        // Any aligned non-null address will do for nothing.
        return core::ptr::without_provenance_mut(align);
    }
    let (Ok(layout), Ok(old_layout)) =
        (Layout::from_size_align(size, align), Layout::from_size_align(old_size, align))
    else {
        core::arch::wasm32::unreachable()
    };
    // SAFETY: neither size is 0 where it may not be, and the host keeps to the canonical ABI.
    let memory = unsafe { if old_size == 0 { alloc(layout) } else { realloc(old, old_layout, size) } };
    if memory.is_null() { core::arch::wasm32::unreachable() } else { memory }
}
