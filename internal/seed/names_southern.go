package seed

var southern = []culture{
	{
		weight: 40,
		given:  "Mohammed, Fatima, Ahmed, Aisha, Omar, Mariam, Ali, Layla, Youssef, Noor, Hassan, Salma, Khalid, Hana, Ibrahim, Rania, Karim, Yasmine, Tariq, Amina, Mahmoud, Zainab, Samir, Dalia, Abdullah, Huda, Bilal, Nadia, Zayd, Ghada",
		family: "Hassan, Ahmed, Ali, Ibrahim, Khalil, Mansour, Haddad, Nasser, Salem, Farouk, Saleh, Khoury, El-Sayed, Abdelrahman, Hussein, Said, Youssef, Al-Masri, Benali, Bouzid, Amrani, Al-Farsi, Al-Harbi, Qureshi, Malik, Shaikh, Siddiqui, Chaudhry, Butt, Bensalem",
		begin:  "Abd, Al-, Ben, Bou, El-, Abu ",
		end:    "arabi, azhari, baghdadi, chaoui, dari, fassi, ghazi, halabi, idrissi, jazairi, khatib, mansouri, najjar, otaibi, qasim, rashid, shami, tamimi, wahab, zahrani, ziani",
	},
	{
		weight: 85,
		given: "Priya, Rahul, Ananya, Amit, Neha, Arjun, Pooja, Vikram, Divya, Rohan, Kavita, Sanjay, Shreya, Aditya, Meera, Rajesh, Lakshmi, Karthik, Anjali, Suresh, " +
			"Deepika, Nikhil, Sunita, Manish, Aishwarya, Harsh, Ritu, Gaurav, Swati, Imran, Sneha, Varun, Nandini, Ashok, Tanvi, Prakash, Ishita, Siddharth, Farah, Devika",
		family: "Sharma, Patel, Singh, Kumar, Gupta, Reddy, Nair, Iyer, Shah, Mehta, Rao, Khan, Verma, Joshi, Desai, Das, Mishra, Pillai, Agarwal, Banerjee, " +
			"Chopra, Menon, Kapoor, Mukherjee, Bose, Malhotra, Kulkarni, Bhat, Chatterjee, Naidu, Ghosh, Saxena, Trivedi, Pandey, Hegde, Subramanian, Krishnan, Srinivasan, Sundaram, Fernandes",
		begin: "Bala, Chandra, Dharma, Gana, Gopala, Hari, Jaya, Kanna, Maha, Mani, Natha, Pada, Raja, Rama, Sada, Shiva, Sundara, Venka, Vija, Visva",
		end:   "krishnan, kumar, lingam, moorthy, nandan, nathan, palan, pati, raman, rao, samy, sekaran, shetty, swamy, tata, varma, wala, yan",
	},
	{
		weight: 60,
		given:  "Wei, Li, Jing, Ming, Xin, Yan, Hao, Fang, Jun, Ying, Lei, Mei, Tao, Xia, Chen, Hui, Bo, Lin, Yu, Qing, Zhen, Na, Kai, Lan, Rui, Ting, Peng, Xue, Long, Yun, Jiahao, Xiaoli, Zihan, Yuxuan, Haoran, Siyu",
		family: "Wang, Li, Zhang, Liu, Chen, Yang, Huang, Zhao, Wu, Zhou, Xu, Sun, Ma, Zhu, Hu, Guo, He, Lin, Gao, Luo, Zheng, Liang, Xie, Tang, Han, Cao, Deng, Feng, Peng, Zeng, Xiao, Tian, Dong, Pan, Yuan, Cai, Jiang, Yu, Du, Ye, Ouyang, Situ, Zhuge",
	},
	{
		weight: 30,
		given:  "Yuki, Haruto, Yui, Sota, Hina, Ren, Aoi, Takumi, Sakura, Kenji, Emi, Hiroshi, Mio, Daiki, Akiko, Kaito, Naomi, Satoshi, Keiko, Ryo, Misaki, Shinji, Ayumi, Tetsuya",
		family: "Satō, Suzuki, Takahashi, Tanaka, Watanabe, Itō, Yamamoto, Nakamura, Kobayashi, Katō, Yoshida, Yamada, Sasaki, Yamaguchi, Matsumoto, Inoue, Kimura, Hayashi, Shimizu, Saitō, Mori, Ikeda, Hashimoto, Ishikawa, Ogawa, Okada, Fujita, Endō",
		begin:  "Aki, Asa, Fuji, Fuku, Hana, Hara, Hira, Ishi, Kami, Kawa, Kita, Kuro, Matsu, Mina, Miya, Naga, Naka, Nishi, Oka, Shima, Sugi, Taka, Take, Tsuki, Ue, Yama, Yoko, Yoshi",
		end:    "da, gawa, guchi, hara, hashi, i, kawa, ki, moto, mura, naga, no, oka, saki, sawa, shima, shita, shiro, take, ta, ya, yama, zaki, zawa",
	},
	{
		weight: 35,
		given:  "Minh, Linh, Anh, Huy, Trang, Nam, Thảo, Đức, Hương, Tuấn, Mai, Khánh, Ji-woo, Min-jun, Seo-yeon, Do-yun, Ha-eun, Ji-ho, Su-bin, Hyun-woo, Ye-jin, Dong-hyun, Somchai, Siriporn, Nattapong, Ploy, Putri, Budi, Dewi, Agus, Siti, Rizky",
		family: "Nguyễn, Kim, Trần, Lee, Lê, Park, Phạm, Choi, Hoàng, Jung, Huỳnh, Kang, Phan, Cho, Vũ, Yoon, Võ, Jang, Đặng, Lim, Bùi, Han, Đỗ, Shin, Hồ, Seo, Ngô, Kwon, Dương, Hwang, Santoso, Wijaya, Setiawan, Pratama, Siregar, Lubis, Saetang, Wongsakul, Chaiyasit, Srisuk",
		begin:  "Boon, Chai, Charoen, Intha, Kitti, Maha, Nara, Phon, Pracha, Rat, Suwan, Thana, Tong, Wattana, Wong",
		end:    "chai, chart, kul, lert, mongkol, narong, paiboon, pong, porn, prasert, rak, sakul, siri, suk, thep, wat",
	},
	{
		weight: 20,
		given:  "Maria, Jose, Angelica, Mark, Kristine, John, Jasmine, Paolo, Rochelle, Miguel, Maricel, Joshua, Grace, Rafael, Bea, Christian, Liza, Ramon, Divina, Jericho",
		family: "Santos, Reyes, Cruz, Bautista, Ocampo, Garcia, Mendoza, Torres, Tomas, Andrada, Castillo, Flores, Villanueva, Ramos, Castro, Rivera, Aquino, Navarro, Salazar, Mercado, Dela Cruz, Macaraeg, Panganiban, Dimaculangan, Magsaysay",
		begin:  "Bala, Bato, Dima, Gata, Lacsa, Lu, Maca, Mala, Mana, Panga, Pina, Sison, Tala, Tolen",
		end:    "bago, baran, gangan, gtas, guing, lang, lino, mana, pagal, raeg, sin, tan, tubo, yan, zar",
	},
	{
		weight: 55,
		given:  "Amara, Chinedu, Ngozi, Emeka, Adaeze, Tunde, Funmilayo, Kwame, Akosua, Oluwaseun, Chioma, Ifeanyi, Yetunde, Kofi, Abena, Babatunde, Ama, Segun, Zainab, Musa, Halima, Kwabena, Esi, Uche, Temitope, Grace, Samuel, Esther, Blessing, Emmanuel",
		family: "Okafor, Adeyemi, Mensah, Eze, Balogun, Owusu, Nwosu, Adebayo, Boateng, Okonkwo, Ogunleye, Asante, Ibrahim, Osei, Bello, Chukwu, Appiah, Abubakar, Afolabi, Agyeman, Nnamdi, Danjuma, Addo, Okoro, Antwi, Onyekachi, Amoah, Lawal, Oyelaran, Quaye",
		begin:  "Ade, Ako, Chi, Eke, Ike, Nwa, Obi, Ogbo, Oke, Olu, Omo, Onye, Oye, Udo, Uzo, Aki, Ayo, Balo, Fa, Ola",
		end:    "bayo, chukwu, dele, diogu, fe, gbade, jide, kemi, kunle, laja, mide, nkwo, ola, rinde, ruka, sanya, tayo, tunji, wale, yinka",
	},
	{
		weight: 32,
		given:  "Wanjiru, Kamau, Achieng, Otieno, Njeri, Mwangi, Thandiwe, Sipho, Nomvula, Thabo, Lerato, Themba, Zanele, Kagiso, Naledi, Johan, Anika, Pieter, Tadesse, Selam, Abebe, Hanna, Faith, Joseph, Mercy, Tendai, Rudo, Chipo, Baraka, Neema",
		family: "Mwangi, Dlamini, Otieno, Nkosi, Kamau, van der Merwe, Ochieng, Naidoo, Njoroge, Botha, Wanjiku, Khumalo, Kariuki, Mokoena, Mutua, Sithole, Kiprotich, Molefe, Odhiambo, Mahlangu, Tesfaye, Bekele, Haile, Moyo, Ndlovu, Chikwanha, Mushi, Kimani, Pretorius, Zulu",
		begin:  "Ki, Ma, Mbe, Mo, Mu, Mwa, Nde, Ngu, Nko, Nya, Se, Ga, Ka, Ku, Ru, Tshi, Ch, Li, Ha",
		end:    "bare, benge, dimu, gari, gwana, hle, kena, koena, langu, lefe, mani, nyai, petla, rangi, ruri, sela, suku, tabane, thiani, wiro, zuma",
	},
}
