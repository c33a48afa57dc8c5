//! What lies on the warehouse's own disk: documents kept, stock files and AWB lists read.

mod allotted;
mod documents;
mod inventory;

pub use allotted::{AllottedFile, read_allotted};
pub use documents::{DocumentError, DocumentStore, StoredDocument};
pub use inventory::{FileError, InventoryWatch, Problem, StockFile, StockRow, read_stock};
