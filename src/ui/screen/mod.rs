//! The screens, a file each: their own state, what a person does on them, what they wish for, what they look like.
//! A screen knows the model and the words; it does not know the other screens.
pub mod call;
pub mod codes;
pub mod conversations;
pub mod dial;
pub mod new;
pub mod people;
pub mod settings;
pub mod thread;
pub mod trouble;
pub mod unlock;
pub mod welcome;
