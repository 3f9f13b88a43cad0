use super::super::transactions::*;
use crate::Direction::{ClientToServer as C, ServerToClient as S};
use Pieces::{Complete, Missing};

#[test]
fn the_whole_answer_closes_the_transaction() {
    let mut transactions = Transactions::new();
    assert_eq!(transactions.request(C, 7, 'a', Complete), None);
    assert_eq!(transactions.answer(S, 7, true, Complete), Some('a'));
    assert_eq!(transactions.answer(S, 7, true, Complete), None, "done");
    assert_eq!(transactions.open(C), 0);
}

#[test]
fn partial_answers_leave_it_open() {
    let mut transactions = Transactions::new();
    transactions.request(C, 7, 'a', Complete);
    for is_final in [false, false, true] {
        assert_eq!(transactions.answer(S, 7, is_final, Complete), Some('a'));
    }
    assert_eq!(transactions.answer(S, 7, false, Complete), None);
}

#[test]
fn answers_come_in_any_order() {
    let mut transactions = Transactions::new();
    for (id, request) in [(1, 'a'), (2, 'b'), (3, 'c')] {
        transactions.request(C, id, request, Complete);
    }
    for (id, request) in [(3, 'c'), (1, 'a'), (2, 'b')] {
        assert_eq!(transactions.answer(S, id, true, Complete), Some(request));
    }
}

#[test]
fn each_side_numbers_its_own() {
    let mut transactions = Transactions::new();
    transactions.request(C, 1, 'c', Complete);
    assert_eq!(
        transactions.answer(C, 1, true, Complete),
        None,
        "the server did not ask"
    );
    transactions.request(S, 1, 's', Complete);
    assert_eq!(transactions.answer(C, 1, true, Complete), Some('s'));
    assert_eq!(transactions.answer(S, 1, true, Complete), Some('c'));
}

#[test]
fn unknown_answers_belong_to_nothing() {
    assert_eq!(Transactions::<()>::new().answer(S, 1, true, Complete), None);
}

#[test]
fn a_number_can_be_used_again() {
    let mut transactions = Transactions::new();
    transactions.request(C, 1, 'a', Complete);
    transactions.request(C, 1, 'b', Complete);
    assert_eq!(transactions.answer(S, 1, true, Complete), Some('b'));
}

#[test]
fn pieces_of_a_request_are_one_request() {
    let mut transactions = Transactions::new();
    assert_eq!(transactions.request(C, 1, 'a', Missing), None);
    assert_eq!(transactions.request(C, 1, 'b', Missing), Some('a'));
    assert_eq!(transactions.request(C, 1, 'c', Complete), Some('a'));
    assert_eq!(transactions.request(C, 1, 'd', Complete), None, "another one");
}

#[test]
fn a_fragmented_answer_closes_when_all_pieces_are_there() {
    let mut transactions = Transactions::new();
    transactions.request(C, 1, 'a', Complete);
    // The last piece, by its Subject, overtook another.
    for (is_final, pieces) in [(false, Missing), (true, Missing), (false, Complete)] {
        assert_eq!(transactions.answer(S, 1, is_final, pieces), Some('a'));
    }
    assert_eq!(transactions.answer(S, 1, true, Complete), None);
}

#[test]
fn open_requests_are_bounded() {
    let mut transactions = Transactions::new();
    let most = u32::try_from(MAX_OPEN).unwrap();
    for id in 0..most + 10 {
        transactions.request(C, id, id, Complete);
    }
    assert_eq!(transactions.open(C), MAX_OPEN);
    assert_eq!(transactions.answer(S, 9, true, Complete), None);
    assert_eq!(transactions.answer(S, 10, true, Complete), Some(10));
}
