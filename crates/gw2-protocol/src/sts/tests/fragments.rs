use proptest::prelude::*;

use super::super::fragments::*;
use super::super::header::ContentRange;

fn range(first: u32, last: u32, total: u32) -> ContentRange {
    ContentRange { first, last, total }
}

#[test]
fn pieces_come_in_any_order() {
    let mut fragments = Fragments::new();
    assert_eq!(fragments.insert(7, range(4, 5, 10), 2, 'b'), Ok(None));
    assert_eq!(fragments.insert(7, range(6, 9, 10), 4, 'c'), Ok(None));
    assert_eq!(
        fragments.insert(7, range(0, 3, 10), 4, 'a'),
        Ok(Some(vec!['a', 'b', 'c']))
    );
}

#[test]
fn groups_do_not_mix() {
    let mut fragments = Fragments::new();
    assert_eq!(fragments.insert(1, range(0, 0, 2), 1, 'a'), Ok(None));
    assert_eq!(fragments.insert(2, range(1, 1, 2), 1, 'x'), Ok(None));
    assert_eq!(
        fragments.insert(1, range(1, 1, 2), 1, 'b'),
        Ok(Some(vec!['a', 'b']))
    );
    assert_eq!(
        fragments.insert(2, range(0, 0, 2), 1, 'y'),
        Ok(Some(vec!['y', 'x']))
    );
}

#[test]
fn a_whole_in_one_piece() {
    assert_eq!(
        Fragments::new().insert((), range(0, 9, 10), 10, 'a'),
        Ok(Some(vec!['a']))
    );
}

#[test]
fn a_group_is_free_again_once_whole() {
    let mut fragments = Fragments::new();
    for _ in 0..2 {
        assert_eq!(fragments.insert((), range(0, 0, 2), 1, 'a'), Ok(None));
        assert_eq!(
            fragments.insert((), range(1, 1, 2), 1, 'b'),
            Ok(Some(vec!['a', 'b']))
        );
    }
}

#[test]
fn ranges_that_make_no_sense() {
    let insert = |range, length| Fragments::new().insert((), range, length, ());
    assert_eq!(insert(range(5, 4, 10), 0), Err(FragmentError::Reversed));
    assert_eq!(insert(range(5, 10, 10), 6), Err(FragmentError::BeyondTotal));
    assert_eq!(insert(range(0, 0, 0), 1), Err(FragmentError::BeyondTotal));
    assert_eq!(
        insert(range(0, 9, MAX_TOTAL + 1), 10),
        Err(FragmentError::TooLong)
    );
    assert_eq!(insert(range(0, 9, MAX_TOTAL), 10), Ok(None));
    assert_eq!(insert(range(0, 9, 20), 9), Err(FragmentError::Length));
    assert_eq!(
        insert(range(0, u32::MAX - 1, u32::MAX), 0),
        Err(FragmentError::TooLong)
    );
    assert_eq!(MAX_TOTAL, 67_108_864);
}

#[test]
fn pieces_that_do_not_fit_are_left_out() {
    let mut fragments = Fragments::new();
    assert_eq!(fragments.insert((), range(4, 7, 10), 4, 'b'), Ok(None));
    for (first, last) in [(4, 7), (0, 4), (7, 9), (5, 6), (3, 8)] {
        let length = usize::try_from(last - first + 1).unwrap();
        assert_eq!(
            fragments.insert((), range(first, last, 10), length, 'x'),
            Err(FragmentError::Overlap)
        );
    }
    assert_eq!(
        fragments.insert((), range(0, 3, 11), 4, 'x'),
        Err(FragmentError::Total)
    );
    assert_eq!(fragments.insert((), range(8, 9, 10), 2, 'c'), Ok(None));
    assert_eq!(
        fragments.insert((), range(0, 3, 10), 4, 'a'),
        Ok(Some(vec!['a', 'b', 'c']))
    );
}

#[test]
fn contents_under_way_are_bounded() {
    let mut fragments = Fragments::new();
    for key in 0..=MAX_GROUPS {
        assert_eq!(fragments.insert(key, range(0, 0, 2), 1, ()), Ok(None));
    }
    assert_eq!(
        fragments.insert(0, range(1, 1, 2), 1, ()),
        Ok(None),
        "the first was given up"
    );
    assert_eq!(
        fragments.insert(MAX_GROUPS, range(1, 1, 2), 1, ()),
        Ok(Some(vec![(), ()]))
    );
}

proptest! {
    #[test]
    fn any_cutting_in_any_order_gives_the_whole(
        (lengths, order) in proptest::collection::vec(1_u32..50, 1..20).prop_flat_map(|lengths| {
            let order: Vec<usize> = (0..lengths.len()).collect();
            (Just(lengths), Just(order).prop_shuffle())
        })
    ) {
        let total: u32 = lengths.iter().sum();
        let mut fragments = Fragments::new();
        let mut whole = None;
        for (count, &index) in order.iter().enumerate() {
            prop_assert_eq!(&whole, &None, "whole after {} pieces", count);
            let first: u32 = lengths[..index].iter().sum();
            let length = lengths[index];
            whole = fragments
                .insert((), range(first, first + length - 1, total), usize::try_from(length).unwrap(), index)
                .unwrap();
        }
        prop_assert_eq!(whole, Some((0..lengths.len()).collect::<Vec<_>>()));
    }
}
